import { wrapped } from '../names.js';
import { chalkAt, type ColorLevel } from './colors.js';

/** Seconds as a person says them: "45s", "7m 12s", "2h 05m", "3d 04h". */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole}s`;
  const [big, small, names] =
    whole < 3600
      ? [whole / 60, whole % 60, 'ms']
      : whole < 86_400
        ? [whole / 3600, (whole % 3600) / 60, 'hm']
        : [whole / 86_400, (whole % 86_400) / 3600, 'dh'];
  return `${Math.floor(big)}${names[0]} ${String(Math.floor(small)).padStart(2, '0')}${names[1]}`;
}

/** A count with thousands set apart: 28,500. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** "1 epoch", "200 epochs". */
export const countOf = (count: number, what: string): string =>
  `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`;

/** Bytes as a person says them: "640 kB", "1.4 MB", "2.1 GB". */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 10 && unit > 1 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** What names a path or a fact begins here, so that lines of several commands stand in the same column. */
const LABEL_CHARACTERS = 10;

/**
 * A line that names something: the label, two spaces, the text.
 *
 * @param width characters of a line, where the text may be broken between words.
 */
export function labelled(
  label: string,
  text: string,
  colors: ColorLevel,
  width = Infinity,
): string {
  const start = LABEL_CHARACTERS + 4;
  const lines = wrapped(text, width - start).replaceAll('\n', `\n${' '.repeat(start)}`);
  return `  ${chalkAt(colors).dim(label.padEnd(LABEL_CHARACTERS))}  ${lines}`;
}
