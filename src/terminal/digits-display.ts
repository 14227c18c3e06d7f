import type { ChalkInstance } from 'chalk';
import { wordsOf } from '../names.js';
import { stylesOf } from './bars.js';
import { chalkAt, type ColorLevel } from './colors.js';
import { formatSeconds } from './format.js';
import { LiveLines } from './live-lines.js';
import { summaryText, type EpochRow, type ProgressOptions, type Summary } from './progress.js';

/** A display of ten trainings, a line a digit. */
export interface DigitsDisplay {
  /** @param epochsDone what an earlier training had come to. */
  started(digit: number, epochsDone: number): void;
  epoch(digit: number, row: EpochRow): void;
  done(digit: number): void;
  failed(digit: number, message: string): void;
  /** A line that stays. */
  message(text: string): void;
  /** Ends the display and says what was made. */
  end(summary: Summary): void;
  /** Ends the display without a summary. Twice does no harm. */
  close(): void;
}

export interface DigitsDisplayOptions extends Pick<
  ProgressOptions,
  'stream' | 'quiet' | 'json' | 'now'
> {
  readonly colors: ColorLevel;
  /** Of each digit. */
  readonly epochs: number;
  /** Where warnings and failures go when the stream is not for people. */
  readonly warn: (text: string) => void;
}

export function createDigitsDisplay(options: DigitsDisplayOptions): DigitsDisplay {
  const { stream, quiet, json, warn, colors } = options;
  if (quiet || json) {
    const end = (summary: Summary): void => {
      for (const path of Object.values(summary.paths)) if (!json) stream.write(`${path}\n`);
    };
    const failed = (_: number, message: string): void => warn(message);
    return {
      started: nothing,
      epoch: nothing,
      done: nothing,
      failed,
      message: json ? nothing : warn,
      end,
      close: nothing,
    };
  }
  const canMoveCursor = stream.isTTY === true && process.env['TERM'] !== 'dumb';
  return canMoveCursor ? liveDisplay(options) : plainDisplay(options, colors);
}

function plainDisplay(
  { stream, epochs, warn }: DigitsDisplayOptions,
  colors: ColorLevel,
): DigitsDisplay {
  const line = (digit: number, text: string): void =>
    void stream.write(`digit ${digit}  ${text}\n`);
  return {
    started: (digit, epochsDone) =>
      line(digit, epochsDone === 0 ? 'started' : `goes on after epoch ${epochsDone}`),
    epoch: (digit, { epoch, scalars }) =>
      line(
        digit,
        [
          `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`,
          ...Object.entries(scalars).map(([name, value]) => `${wordsOf(name)} ${value.toFixed(4)}`),
        ].join('  '),
      ),
    done: (digit) => line(digit, 'done'),
    failed: (_, message) => warn(message),
    message: (text) => void stream.write(`${text}\n`),
    end: (summary) => void stream.write(summaryText(summary, colors)),
    close: nothing,
  };
}

interface DigitState {
  status: 'waiting' | 'training' | 'done' | 'failed';
  epochsDone: number;
  row?: EpochRow;
}

const DIGITS = 10;
const BAR_WIDTH = 10;
/** As many as a line has room for. */
const MOST_NUMBERS = 2;

function liveDisplay(options: DigitsDisplayOptions): DigitsDisplay {
  const { stream, epochs, colors, now = () => performance.now() / 1000 } = options;
  const chalk = chalkAt(colors);
  const lines = new LiveLines(stream);
  const states = Array.from({ length: DIGITS }, (): DigitState => ({
    status: 'waiting',
    epochsDone: 0,
  }));
  const startedAt = now();
  let epochsHere = 0;
  const draw = (): void => {
    const left = states.reduce(
      (sum, { status, epochsDone }) => sum + (status === 'failed' ? 0 : epochs - epochsDone),
      0,
    );
    const secondsLeft =
      epochsHere === 0 || left === 0 ? undefined : ((now() - startedAt) / epochsHere) * left;
    lines.draw([
      ...states.map((state, digit) => digitLine(digit, state, epochs, chalk)),
      secondsLeft === undefined ? '' : `${formatSeconds(secondsLeft)} left`,
    ]);
  };
  const set = (digit: number, change: Partial<DigitState>): void => {
    Object.assign(states[digit], change);
    draw();
  };
  stream.on('resize', draw);
  const close = (): void => {
    stream.removeListener('resize', draw);
    lines.close();
  };
  return {
    started: (digit, epochsDone) => set(digit, { status: 'training', epochsDone }),
    epoch(digit, row) {
      epochsHere++;
      set(digit, { epochsDone: row.epoch, row });
    },
    done: (digit) => set(digit, { status: 'done', epochsDone: epochs }),
    failed(digit, message) {
      set(digit, { status: 'failed' });
      lines.writeAbove(`${message}\n`);
    },
    message: (text) => lines.writeAbove(`${text}\n`),
    end(summary) {
      close();
      stream.write(summaryText(summary, colors));
    },
    close,
  };
}

/** As "3 ██████░░░░  7/12 D 1.1652 G 1.0904": at most 39 columns up to 9,999 epochs, as {@link barLines} says why. */
function digitLine(
  digit: number,
  { status, epochsDone, row }: DigitState,
  epochs: number,
  chalk: ChalkInstance,
): string {
  const full = Math.floor((epochsDone / epochs) * BAR_WIDTH);
  const bar = chalk.cyan('█'.repeat(full)) + chalk.dim('░'.repeat(BAR_WIDTH - full));
  const count = `${epochsDone}/${epochs}`.padStart(2 * String(epochs).length + 1);
  const losses =
    row === undefined
      ? ''
      : Object.entries(row.scalars)
          .slice(0, MOST_NUMBERS)
          .map(
            ([name, value], k) =>
              `${name[0].toUpperCase()} ${stylesOf(chalk)[k](value.toFixed(2))}`,
          )
          .join(' ');
  const text = {
    waiting: chalk.dim('waiting'),
    training: losses,
    done: 'done',
    failed: chalk.red('failed'),
  };
  return `${digit} ${bar} ${count} ${text[status]}`;
}

function nothing(): void {}
