/** Values kept at most; then neighbours become one. */
const MOST = 240;
const BARS = '▁▂▃▄▅▆▇█';

/** The course of a number over as many steps as there are, in a bounded number of means. */
export class History {
  private means: number[] = [];
  /** Values that a mean is of. */
  private size = 1;
  private sum = 0;
  private count = 0;

  add(value: number): void {
    this.sum += value;
    if (++this.count < this.size) return;
    this.means.push(this.sum / this.count);
    this.sum = 0;
    this.count = 0;
    if (this.means.length < MOST) return;
    this.means = this.means
      .filter((_, k) => k % 2 === 0)
      .map((mean, k) => (mean + this.means[2 * k + 1]) / 2);
    this.size *= 2;
  }

  /** At most so many characters, the lowest value the lowest one; nothing of a single value. */
  text(width: number): string {
    const values = resampled(this.means, Math.max(0, width));
    if (values.length < 2) return '';
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const place = (value: number): number =>
      high === low ? 0 : Math.round(((value - low) / (high - low)) * (BARS.length - 1));
    return values.map((value) => BARS[place(value)]).join('');
  }
}

/** Means of neighbours, where there are more than fit. */
function resampled(values: readonly number[], most: number): readonly number[] {
  if (values.length <= most) return values;
  return Array.from({ length: most }, (_, k) => {
    const from = Math.floor((k * values.length) / most);
    const some = values.slice(from, Math.floor(((k + 1) * values.length) / most));
    return some.reduce((sum, value) => sum + value, 0) / some.length;
  });
}
