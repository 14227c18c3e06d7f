import type { ChalkInstance } from 'chalk';
import { wordsOf } from '../names.js';
import { formatCount, formatSeconds } from './format.js';

/** What the display of a training shows. */
export interface Reading {
  /** counted from 1 */
  epoch: number;
  totalEpochs: number;
  /** steps done in this epoch */
  step: number;
  stepsPerEpoch: number;
  /** what the last step returned, by name */
  scalars: Readonly<Record<string, number>>;
  /** The course of each of them in so many characters. */
  historyOf: (name: string, width: number) => string;
  /** What was measured last, in words. */
  measured?: string;
  imagesPerSecond: number | undefined;
  secondsLeft: number | undefined;
  /** What is done after the last step, in the place of speed and time left. */
  afterwards?: string;
}

type Segment = [text: string, style?: (text: string) => string];

/** Of the run. */
export const shareOf = ({ epoch, totalEpochs, step, stepsPerEpoch }: Reading): number =>
  (epoch - 1 + step / stepsPerEpoch) / totalEpochs;

/** Two bars, this epoch's and the run's, a line per number with its course, what was measured, and speed or what is done afterwards. */
export function barLines(reading: Reading, columns: number, chalk: ChalkInstance): string[] {
  const width = widthOf(columns);
  const { epoch, totalEpochs, imagesPerSecond, secondsLeft, measured, afterwards } = reading;
  const epochLabel = `epoch ${epoch}/${totalEpochs}`;
  const speed = imagesPerSecond === undefined ? '' : `${formatCount(imagesPerSecond)} images/s`;
  const left = secondsLeft === undefined ? '' : `${formatSeconds(secondsLeft)} left`;
  const lines: Segment[][] = [
    bar(epochLabel, reading.step / reading.stepsPerEpoch, width, chalk),
    bar('run'.padEnd(epochLabel.length), shareOf(reading), width, chalk),
    ...numberLines(reading, width, chalk),
    ...(measured === undefined ? [] : [[[measured] as Segment]]),
    afterwards === undefined ? [[speed.padEnd(19)], [left]] : [[afterwards]],
  ];
  return lines.map((segments) => cut(segments, width));
}

/** One bar with a label before it and a text behind. */
export function barLine(
  { label, share, text }: { label: string; share: number; text: string },
  columns: number,
  chalk: ChalkInstance,
): string {
  const width = widthOf(columns);
  const behind = text === '' ? '' : `  ${text}`;
  return cut([...bar(label, share, width - behind.length, chalk), [behind]], width);
}

/** The last column stays free: writing into it makes some terminals wrap at once. */
const widthOf = (columns: number): number => Math.max(1, columns - 1);

function numberLines(reading: Reading, width: number, chalk: ChalkInstance): Segment[][] {
  const all = Object.entries(reading.scalars);
  const label = Math.max(0, ...all.map(([name]) => wordsOf(name).length)) + 1;
  const styles = stylesOf(chalk);
  return all.map(([name, value], k) => {
    const style = styles[k % styles.length];
    const number = value.toFixed(4);
    const room = width - label - number.length - 1;
    return [
      [wordsOf(name).padEnd(label)],
      [number, style],
      [` ${reading.historyOf(name, room)}`, style],
    ];
  });
}

/** Colours of the numbers, in their order. */
export const stylesOf = (chalk: ChalkInstance) => [
  chalk.blueBright,
  chalk.yellow,
  chalk.greenBright,
];

function bar(label: string, share: number, width: number, chalk: ChalkInstance): Segment[] {
  const percentage = `${Math.floor(share * 100)}%`.padStart(5);
  const room = Math.max(4, width - label.length - 1 - percentage.length);
  const full = Math.floor(share * room);
  return [
    [`${label} `],
    ['█'.repeat(full), chalk.cyan],
    ['░'.repeat(room - full), chalk.dim],
    [percentage],
  ];
}

/** The segments, coloured, as far as they fit. They hold narrow characters only. */
function cut(segments: Segment[], width: number): string {
  let used = 0;
  let line = '';
  for (const [full, style] of segments) {
    const part = full.slice(0, width - used);
    used += part.length;
    line += style === undefined ? part : style(part);
  }
  return line;
}
