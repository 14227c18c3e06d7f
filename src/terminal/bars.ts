import type { ChalkInstance } from 'chalk';
import { formatCount, formatSeconds } from './format.js';

/** What the display of a training shows. */
export interface Reading {
  /** counted from 1 */
  epoch: number;
  totalEpochs: number;
  /** steps done in this epoch */
  step: number;
  stepsPerEpoch: number;
  discriminatorLoss: number;
  generatorLoss: number;
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

/** Two bars, this epoch's and the run's, and three lines of numbers, or of what is done afterwards; all narrower than the window. */
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
    [['discriminator loss '], [reading.discriminatorLoss.toFixed(4), chalk.blueBright]],
    [['generator loss     '], [reading.generatorLoss.toFixed(4), chalk.yellow]],
    afterwards === undefined ? [[speed.padEnd(19)], [left]] : [[afterwards]],
  ];
  return lines.map((segments) => cut(segments, width));
}

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
