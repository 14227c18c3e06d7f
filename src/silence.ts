/** Of the time from one look to the next so many looks count: a process that was stopped itself (SIGSTOP, a laptop's lid) has not looked. */
const MOST_LOOKS = 2;
const LOOK_MS = 1000;

/** How long there was no sign of somebody, by one who looks every so many milliseconds. */
export class Silence {
  private counted = 0;
  private lookedAt = performance.now();

  constructor(private readonly look: number) {}

  /** A look without a sign. Returns the milliseconds without one. */
  goesOn(): number {
    const now = performance.now();
    this.counted += Math.min(now - this.lookedAt, MOST_LOOKS * this.look);
    this.lookedAt = now;
    return this.counted;
  }

  /** A sign. */
  ends(): void {
    this.counted = 0;
  }
}

/**
 * Waits until there was no sign for so many milliseconds, which `over` then tells.
 *
 * @returns dispose of it when there is nothing to wait for any more: `over` then never comes.
 */
export function afterSilence(
  milliseconds: number,
): Disposable & { readonly over: Promise<void>; sign(): void } {
  const look = Math.min(LOOK_MS, milliseconds / 4);
  const silence = new Silence(look);
  let end = (): void => {};
  const over = new Promise<void>((resolve) => (end = resolve));
  const looks = setInterval(() => {
    if (silence.goesOn() < milliseconds) return;
    clearInterval(looks);
    end();
  }, look);
  return { over, sign: () => silence.ends(), [Symbol.dispose]: () => clearInterval(looks) };
}
