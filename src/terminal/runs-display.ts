import type { ChalkInstance } from 'chalk';
import stringWidth from 'string-width';
import { wordsOf } from '../names.js';
import { stylesOf } from './bars.js';
import { chalkAt, type ColorLevel } from './colors.js';
import { formatSeconds } from './format.js';
import type { EpochRow } from './progress.js';
import type { Frame, Screen } from './screen.js';

/** A display of several trainings, a line for each. Runs go by their index. */
export interface RunsDisplay {
  /** @param epochsDone what an earlier training had come to. */
  started(run: number, epochsDone: number): void;
  epoch(run: number, row: EpochRow): void;
  done(run: number): void;
  failed(run: number): void;
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

export interface RunsDisplayOptions {
  /** Where it is drawn; where that cannot be, a plain line per event is said. */
  readonly screen: Screen;
  /** Says a line for people. */
  readonly say: (line: string) => void;
  readonly colors: ColorLevel;
  readonly runs: readonly ShownRun[];
  /** Seconds of a clock that never runs backwards. */
  readonly now?: () => number;
}

export const createRunsDisplay = (options: RunsDisplayOptions): RunsDisplay =>
  options.screen.isLive ? liveDisplay(options) : plainDisplay(options);

function plainDisplay({ say, runs }: RunsDisplayOptions): RunsDisplay {
  const line = (run: number, text: string): void => say(`${runs[run].label}  ${text}`);
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
    failed: () => {},
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

function liveDisplay({ screen, runs, colors, ...options }: RunsDisplayOptions): RunsDisplay {
  const { now = () => performance.now() / 1000 } = options;
  const chalk = chalkAt(colors);
  const states = runs.map((run): RunState => ({ ...run, status: 'waiting', epochsDone: 0 }));
  const startedAt = now();
  let epochsHere = 0;
  const draw = (): Frame => {
    const left = states.reduce(
      (sum, { status, epochs, epochsDone }) =>
        sum + (status === 'failed' ? 0 : epochs - epochsDone),
      0,
    );
    const all = states.reduce((sum, { epochs }) => sum + epochs, 0);
    const secondsLeft =
      epochsHere === 0 || left === 0 ? undefined : ((now() - startedAt) / epochsHere) * left;
    return {
      lines: [
        ...runLines(states, chalk),
        secondsLeft === undefined ? '' : `${formatSeconds(secondsLeft)} left`,
      ],
      share: (all - left) / all,
    };
  };
  screen.show(draw);
  const set = (run: number, change: Partial<RunState>): void => {
    Object.assign(states[run], change);
    screen.refresh(true);
  };
  return {
    started: (run, epochsDone) => set(run, { status: 'training', epochsDone }),
    epoch(run, row) {
      epochsHere++;
      set(run, { epochsDone: row.epoch, row });
    },
    done: (run) => set(run, { status: 'done', epochsDone: runs[run].epochs }),
    failed: (run) => set(run, { status: 'failed' }),
  };
}

function runLines(states: readonly RunState[], chalk: ChalkInstance): string[] {
  const all = states.length <= MOST_LINES;
  const shown = all ? states : states.filter(({ status }) => status === 'training');
  const width = Math.max(0, ...shown.map(({ short }) => stringWidth(short)));
  const count = (status: RunState['status']): number =>
    states.filter((state) => state.status === status).length;
  const counts = `${count('done')} of ${states.length} done, ${count('failed')} failed`;
  return [
    ...(all ? [] : [counts]),
    ...shown.map(
      (state) =>
        `${' '.repeat(width - stringWidth(state.short))}${state.short} ${runLine(state, chalk)}`,
    ),
  ];
}

/** As "██████░░░░  7/12 D 1.16 G 1.09": with one digit before it at most 39 columns. */
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
