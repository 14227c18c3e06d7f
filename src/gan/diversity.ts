/** Below this the samples of a run are nearly one image. */
export const COLLAPSED_BELOW = 0.25;

/** A run whose samples were once this diverse had learnt to draw more than one image. */
const WAS_DIVERSE = 0.6;
/** Samples of a young network are alike, whatever becomes of it: collapse is what lasts so many steps. */
const LONG_STEPS = 2000;

/**
 * Whether a run has collapsed, at each moment that it was measured: its diversity is low then, and either was high before or has been
 * low for long.
 *
 * @param measured in the order of steps.
 */
export function collapses(
  measured: readonly { readonly step: number; readonly diversity: number }[],
): boolean[] {
  let wasDiverse = false;
  let lastNotLow = 0;
  return measured.map(({ step, diversity }) => {
    if (diversity < COLLAPSED_BELOW) return wasDiverse || step - lastNotLow >= LONG_STEPS;
    wasDiverse ||= diversity >= WAS_DIVERSE;
    lastNotLow = step;
    return false;
  });
}

/**
 * How much images differ from one another: the standard deviation of each pixel over the images, averaged over the
 * pixels.
 *
 * @param images [count, size], on any scale.
 * @param size values of an image.
 */
export function spread(images: ArrayLike<number>, size: number): number {
  const count = images.length / size;
  let total = 0;
  for (let pixel = 0; pixel < size; pixel++) {
    let sum = 0;
    let squares = 0;
    for (let k = 0; k < count; k++) {
      const x = images[k * size + pixel];
      sum += x;
      squares += x * x;
    }
    const mean = sum / count;
    total += Math.sqrt(Math.max(0, squares / count - mean * mean));
  }
  return total / size;
}
