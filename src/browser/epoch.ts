/** The epoch that the reader looks at: the slider moves it, and so does a click into a chart. */
type Listener = (epoch: number) => void;

const listeners = new Set<Listener>();
let current: number | undefined;

/** @returns what ends it. */
export function onEpoch(listener: Listener): () => void {
  listeners.add(listener);
  if (current !== undefined) listener(current);
  return () => listeners.delete(listener);
}

export function showEpoch(epoch: number): void {
  current = epoch;
  for (const listener of listeners) listener(epoch);
}
