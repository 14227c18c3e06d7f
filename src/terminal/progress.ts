import { wordsOf } from '../names.js';
import { barLines, type Reading } from './bars.js';
import { chalkAt, type ColorLevel } from './colors.js';
import { formatCount, formatSeconds } from './format.js';
import { LiveLines, type Terminal } from './live-lines.js';
import { Rate } from './rate.js';

const SECONDS_BETWEEN_FRAMES = 1 / 15;

export interface ProgressOptions {
  /** Where to draw; bars if it is a terminal (and TERM is not "dumb"), else a plain line an epoch. */
  stream: Terminal & { isTTY?: boolean };
  colors: ColorLevel;
  /** Nothing but the final paths. */
  quiet: boolean;
  /** Nothing at all on the stream, which holds the caller's JSON; messages go to stderr. */
  json: boolean;
  totalEpochs: number;
  stepsPerEpoch: number;
  batchSize: number;
  /** Seconds of a clock that never runs backwards. */
  now?: () => number;
}

export interface StepState {
  /** counted from 1 */
  epoch: number;
  /** steps done in this epoch */
  step: number;
  /** what it returned, by name */
  scalars: Readonly<Record<string, number>>;
}

/** The fields of a row of log.jsonl that are shown. */
export interface EpochRow {
  epoch: number;
  /** means over the epoch, by name */
  scalars: Readonly<Record<string, number>>;
  imagesPerSecond: number;
}

export interface Summary {
  /** One sentence or more on how it went, a line each. */
  lines: string[];
  /** What was written where, by its name. */
  paths: Record<string, string>;
}

/** A display of one training. `step` returns at once unless a frame is due; no method throws because of the display. */
export interface Progress {
  step(state: StepState): void;
  /** @param paths what this epoch wrote. */
  epoch(row: EpochRow, paths: readonly string[]): void;
  /** The steps are over and the run is drawn, which takes a second or two. */
  drawing(): void;
  /** A line, or a picture of several, that stays. */
  message(text: string): void;
  /** Ends the display and says what was made. */
  done(summary: Summary): void;
  /** Ends the display without a summary, as after an error or an interrupt. Twice does no harm. */
  close(): void;
}

export function createProgress(options: ProgressOptions): Progress {
  if (options.json) return jsonProgress();
  if (options.quiet) return quietProgress(options);
  const canMoveCursor = options.stream.isTTY === true && process.env['TERM'] !== 'dumb';
  return canMoveCursor ? barProgress(options) : plainProgress(options);
}

const SILENT: Progress = {
  step: nothing,
  epoch: nothing,
  drawing: nothing,
  message: nothing,
  done: nothing,
  close: nothing,
};

function jsonProgress(): Progress {
  const message = (text: string) => void process.stderr.write(`${text}\n`);
  return { ...SILENT, message };
}

function quietProgress({ stream }: ProgressOptions): Progress {
  const done = ({ paths }: Summary) => {
    for (const path of Object.values(paths)) stream.write(`${path}\n`);
  };
  return { ...SILENT, done };
}

function plainProgress(options: ProgressOptions): Progress {
  const { stream, totalEpochs } = options;
  const clock = new RunClock(options);
  return {
    step: (state) => clock.add(state),
    epoch(row, paths) {
      const { secondsLeft } = clock.reading();
      const parts = [
        `epoch ${String(row.epoch).padStart(String(totalEpochs).length)}/${totalEpochs}`,
        ...Object.entries(row.scalars).map(
          ([name, value]) => `${wordsOf(name)} ${value.toFixed(4)}`,
        ),
        `${formatCount(row.imagesPerSecond)} images/s`,
        ...(secondsLeft ? [`${formatSeconds(secondsLeft)} left`] : []),
        ...paths,
      ];
      stream.write(`${parts.join('  ')}\n`);
    },
    drawing: nothing,
    message: (text) => void stream.write(`${text}\n`),
    done: (summary) => void stream.write(summaryText(summary, options.colors)),
    close: nothing,
  };
}

function barProgress(options: ProgressOptions): Progress {
  const { stream, now = monotonicSeconds } = options;
  const chalk = chalkAt(options.colors);
  const lines = new LiveLines(stream);
  const clock = new RunClock(options);
  let lastFrame = -Infinity;
  let afterwards: string | undefined;
  const draw = () => {
    if (!clock.started) return;
    lastFrame = now();
    lines.draw(barLines({ ...clock.reading(), afterwards }, lines.columns, chalk));
  };
  stream.on('resize', draw);
  const close = () => {
    stream.removeListener('resize', draw);
    lines.close();
  };
  return {
    step(state) {
      clock.add(state);
      if (now() - lastFrame >= SECONDS_BETWEEN_FRAMES) draw();
    },
    epoch: draw,
    drawing() {
      afterwards = 'drawing the pictures and the report';
      draw();
    },
    message: (text) => lines.writeAbove(`${text}\n`),
    done(summary) {
      lines.clear();
      close();
      stream.write(summaryText(summary, options.colors));
    },
    close,
  };
}

/** Keeps the newest state and tells how long the rest of the run takes. */
class RunClock {
  private readonly rate = new Rate();
  private state: StepState = { epoch: 1, step: 0, scalars: {} };
  started = false;

  constructor(private readonly options: ProgressOptions) {}

  add(state: StepState): void {
    this.state = state;
    this.started = true;
    this.rate.add((this.options.now ?? monotonicSeconds)(), this.stepsDone());
  }

  reading(): Reading {
    const { totalEpochs, stepsPerEpoch, batchSize } = this.options;
    const stepsPerSecond = this.rate.stepsPerSecond();
    const known = stepsPerSecond !== undefined;
    const stepsLeft = totalEpochs * stepsPerEpoch - this.stepsDone();
    return {
      ...this.state,
      totalEpochs,
      stepsPerEpoch,
      imagesPerSecond: known ? stepsPerSecond * batchSize : undefined,
      secondsLeft: known ? stepsLeft / stepsPerSecond : undefined,
    };
  }

  private stepsDone(): number {
    return (this.state.epoch - 1) * this.options.stepsPerEpoch + this.state.step;
  }
}

/** The lines, then each path behind its name. */
export function summaryText({ lines, paths }: Summary, colors: ColorLevel): string {
  const chalk = chalkAt(colors);
  const width = Math.max(0, ...Object.keys(paths).map((name) => name.length));
  const rows = Object.entries(paths).map(
    ([name, path]) => `  ${chalk.dim(name.padEnd(width))}  ${path}`,
  );
  return [...lines, ...rows].map((line) => `${line}\n`).join('');
}

function monotonicSeconds(): number {
  return performance.now() / 1000;
}

function nothing(): void {}
