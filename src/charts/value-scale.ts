/** The axis of a chart's values. It runs in pages too. */

/** Of an axis: bounds, and the step from one number beside it to the next. */
export interface ValueScale {
  readonly min: number;
  readonly max: number;
  readonly interval: number;
}

/**
 * Bounds and steps that are round numbers and hold all values.
 *
 * @param share whether they are shares, which end at 1.
 */
export function valueScale(values: readonly number[], share: boolean): ValueScale {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (low > high) [low, high] = [0, 1];
  const most = share ? Math.max(1, high) : Infinity;
  if (low === high)
    [low, high] = [low - 0.5 * (Math.abs(low) || 1), high + 0.5 * (Math.abs(high) || 1)];
  high = Math.min(high, most);
  const interval = roundStep((high - low) / 4);
  const max = Math.ceil(high / interval - 1e-9) * interval;
  return {
    min: Math.floor(low / interval + 1e-9) * interval,
    max: Math.min(max, most),
    interval,
  };
}

/** The next of 1, 2, 2.5, 5 and 10 times a power of ten. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return [1, 2, 2.5, 5, 10].find((factor) => factor * power >= step * (1 - 1e-9))! * power;
}
