import type { ChalkInstance } from 'chalk';
import { wordsOf } from '../names.js';
import { stylesOf } from './bars.js';
import { chalkAt, type ColorLevel } from './colors.js';
import { formatSeconds } from './format.js';
import { LiveLines } from './live-lines.js';
import { summaryText, type EpochRow, type ProgressOptions, type Summary } from './progress.js';

/** A display of several trainings, a line for each. Runs go by their index. */
export interface RunsDisplay {
  /** @param epochsDone what an earlier training had come to. */
  started(run: number, epochsDone: number): void;
  epoch(run: number, row: EpochRow): void;
  done(run: number): void;
  failed(run: number, message: string): void;
  /** A line that stays. */
  message(text: string): void;
  /** Ends the display and says what was made. */
  end(summary: Summary): void;
  /** Ends the display without a summary. Twice does no harm. */
  close(): void;
}

/** A run that is shown. */
export interface ShownRun {
  /** In full, as "digit 3" or "seed 1, learning rate 0.001". */
  readonly label: string;
  /** What stands at the start of its line in a terminal, as "3". */
  readonly short: string;
  /** All that it is to have. */
  readonly epochs: number;
}

export interface RunsDisplayOptions extends Pick<
  ProgressOptions,
  'stream' | 'quiet' | 'json' | 'now'
> {
  readonly colors: ColorLevel;
  readonly runs: readonly ShownRun[];
  /** Where warnings and failures go when the stream is not for people. */
  readonly warn: (text: string) => void;
}

export function createRunsDisplay(options: RunsDisplayOptions): RunsDisplay {
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

function plainDisplay({ stream, runs, warn }: RunsDisplayOptions, colors: ColorLevel): RunsDisplay {
  const line = (run: number, text: string): void =>
    void stream.write(`${runs[run].label}  ${text}\n`);
  return {
    started: (run, epochsDone) =>
      line(run, epochsDone === 0 ? 'started' : `goes on after epoch ${epochsDone}`),
    epoch: (run, { epoch, scalars }) => {
      const { epochs } = runs[run];
      line(
        run,
        [
          `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`,
          ...Object.entries(scalars).map(([name, value]) => `${wordsOf(name)} ${value.toFixed(4)}`),
        ].join('  '),
      );
    },
    done: (run) => line(run, 'done'),
    failed: (_, message) => warn(message),
    message: (text) => void stream.write(`${text}\n`),
    end: (summary) => void stream.write(summaryText(summary, colors)),
    close: nothing,
  };
}

interface RunState extends ShownRun {
  status: 'waiting' | 'training' | 'done' | 'failed';
  epochsDone: number;
  row?: EpochRow;
}

/** With more runs than this only those that train have a line, below how many wait, are done and failed. */
const MOST_LINES = 12;
const BAR_WIDTH = 10;
/** As many as a line has room for. */
const MOST_NUMBERS = 2;

function liveDisplay(options: RunsDisplayOptions): RunsDisplay {
  const { stream, runs, colors, now = () => performance.now() / 1000 } = options;
  const chalk = chalkAt(colors);
  const lines = new LiveLines(stream);
  const states = runs.map((run): RunState => ({ ...run, status: 'waiting', epochsDone: 0 }));
  const startedAt = now();
  let epochsHere = 0;
  const draw = (): void => {
    const left = states.reduce(
      (sum, { status, epochs, epochsDone }) =>
        sum + (status === 'failed' ? 0 : epochs - epochsDone),
      0,
    );
    const secondsLeft =
      epochsHere === 0 || left === 0 ? undefined : ((now() - startedAt) / epochsHere) * left;
    lines.draw([
      ...runLines(states, chalk),
      secondsLeft === undefined ? '' : `${formatSeconds(secondsLeft)} left`,
    ]);
  };
  const set = (run: number, change: Partial<RunState>): void => {
    Object.assign(states[run], change);
    draw();
  };
  stream.on('resize', draw);
  const close = (): void => {
    stream.removeListener('resize', draw);
    lines.close();
  };
  return {
    started: (run, epochsDone) => set(run, { status: 'training', epochsDone }),
    epoch(run, row) {
      epochsHere++;
      set(run, { epochsDone: row.epoch, row });
    },
    done: (run) => set(run, { status: 'done', epochsDone: runs[run].epochs }),
    failed(run, message) {
      set(run, { status: 'failed' });
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

function runLines(states: readonly RunState[], chalk: ChalkInstance): string[] {
  const all = states.length <= MOST_LINES;
  const shown = all ? states : states.filter(({ status }) => status === 'training');
  const width = Math.max(0, ...shown.map(({ short }) => short.length));
  const count = (status: RunState['status']): number =>
    states.filter((state) => state.status === status).length;
  const counts = `${count('done')} of ${states.length} done, ${count('failed')} failed`;
  return [
    ...(all ? [] : [counts]),
    ...shown.map((state) => `${state.short.padStart(width)} ${runLine(state, chalk)}`),
  ];
}

/** As "██████░░░░  7/12 D 1.16 G 1.09": with one digit before it at most 39 columns, as {@link barLines} says why. */
function runLine({ status, epochs, epochsDone, row }: RunState, chalk: ChalkInstance): string {
  const full = Math.floor((epochsDone / epochs) * BAR_WIDTH);
  const bar = chalk.cyan('█'.repeat(full)) + chalk.dim('░'.repeat(BAR_WIDTH - full));
  const count = `${epochsDone}/${epochs}`.padStart(2 * String(epochs).length + 1);
  const numbers = Object.entries(row?.scalars ?? {})
    .slice(0, MOST_NUMBERS)
    .map(([name, value], k) => `${name[0].toUpperCase()} ${stylesOf(chalk)[k](value.toFixed(2))}`);
  const text = {
    waiting: chalk.dim('waiting'),
    training: numbers.join(' '),
    done: 'done',
    failed: chalk.red('failed'),
  };
  return `${bar} ${count} ${text[status]}`;
}

function nothing(): void {}
