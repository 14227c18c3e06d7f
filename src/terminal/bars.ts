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
  imagesPerSecond: number | undefined;
  secondsLeft: number | undefined;
  /** What is done after the last step, in the place of speed and time left. */
  afterwards?: string;
}

/**
 * In a wide window, too, lines stay this narrow: no window down to 40 columns then breaks them when it becomes narrower, which
 * no program could undo (tmux may move broken lines out of reach, into its history).
 */
const MOST_COLUMNS = 39;

type Segment = [text: string, style?: (text: string) => string];

/** Two bars, this epoch's and the run's, a line per number, and speed or what is done afterwards; all narrower than the window. */
export function barLines(reading: Reading, columns: number, chalk: ChalkInstance): string[] {
  // The last column stays free: writing into it makes some terminals wrap at once.
  const width = Math.max(1, Math.min(MOST_COLUMNS, columns - 1));
  const { epoch, totalEpochs, imagesPerSecond, secondsLeft, afterwards } = reading;
  const epochLabel = `epoch ${epoch}/${totalEpochs}`;
  const epochShare = reading.step / reading.stepsPerEpoch;
  const runShare = (epoch - 1 + epochShare) / totalEpochs;
  const speed = imagesPerSecond === undefined ? '' : `${formatCount(imagesPerSecond)} images/s`;
  const left = secondsLeft === undefined ? '' : `${formatSeconds(secondsLeft)} left`;
  const lines: Segment[][] = [
    bar(epochLabel, epochShare, width, chalk),
    bar('run'.padEnd(epochLabel.length), runShare, width, chalk),
    ...numberLines(reading.scalars, chalk),
    afterwards === undefined ? [[speed.padEnd(19)], [left]] : [[afterwards]],
  ];
  return lines.map((segments) => cut(segments, width));
}

function numberLines(scalars: Readonly<Record<string, number>>, chalk: ChalkInstance): Segment[][] {
  const all = Object.entries(scalars).map(([name, value]) => [wordsOf(name), value] as const);
  const width = Math.max(0, ...all.map(([name]) => name.length)) + 1;
  const styles = stylesOf(chalk);
  return all.map(([name, value], k) => [
    [name.padEnd(width)],
    [value.toFixed(4), styles[k % styles.length]],
  ]);
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
