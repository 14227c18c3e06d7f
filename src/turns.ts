let told: (() => void) | undefined;

/**
 * Resolves in the event loop's next turn. What takes long on its thread waits for it between its pieces, so that signals are heard,
 * files written and bars drawn meanwhile. (onnxruntime-node waits for a turn by itself.)
 */
export function othersTurn(): Promise<void> {
  told?.();
  return new Promise((resolve) => setImmediate(resolve));
}

/** From now on told of each {@link othersTurn} of this thread: what works there has come a piece further. */
export function onTurn(tell: () => void): void {
  told = tell;
}
