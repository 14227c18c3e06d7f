import type { ImageShape } from '../data/image-set.js';
import { wordsOf } from '../names.js';
import { barLines, shareOf, type Reading } from './bars.js';
import { chalkAt, type ColorLevel } from './colors.js';
import { formatCount, formatSeconds } from './format.js';
import { History } from './history.js';
import { textPreview } from './preview.js';
import { Rate } from './rate.js';
import type { Screen, WindowSize } from './screen.js';

export interface ProgressOptions {
  /** Where it is drawn; where that cannot be, a plain line per epoch is said. */
  screen: Screen;
  /** Says a line for people. */
  say: (line: string) => void;
  colors: ColorLevel;
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

/** A display of one training. `step` returns at once unless a frame is due; no method throws because of the display. */
export interface Progress {
  step(state: StepState): void;
  /**
   * @param paths what this epoch wrote.
   * @param measured what was measured at its end, in words.
   */
  epoch(row: EpochRow, paths: readonly string[], measured?: string): void;
  /** Samples to show above the bars, as bytes. */
  samples(images: Uint8Array, shape: ImageShape): void;
  /** The steps are over and the run is drawn, which takes a second or two. */
  drawing(): void;
}

export function createProgress(options: ProgressOptions): Progress {
  return options.screen.isLive ? liveProgress(options) : plainProgress(options);
}

function plainProgress({ say, ...options }: ProgressOptions): Progress {
  const { totalEpochs } = options;
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
      say(parts.join('  '));
    },
    samples: nothing,
    drawing: nothing,
  };
}

function liveProgress(options: ProgressOptions): Progress {
  const { screen, colors } = options;
  const chalk = chalkAt(colors);
  const clock = new RunClock(options);
  let afterwards: string | undefined;
  let measured: string | undefined;
  let shown: Samples | undefined;
  const draw = (size: WindowSize) => {
    const reading = { ...clock.reading(), measured, afterwards };
    const bars = barLines(reading, size.columns, chalk);
    const above = shown?.above(bars.length, size) ?? [];
    return { lines: [...above, ...bars], share: shareOf(reading) };
  };
  return {
    step(state) {
      if (!clock.started) screen.show(draw);
      clock.add(state);
      screen.refresh();
    },
    epoch(_, __, text) {
      measured = text ?? measured;
      screen.refresh(true);
    },
    samples(images, shape) {
      shown = new Samples(images, shape, colors);
      screen.refresh(true);
    },
    drawing() {
      afterwards = 'drawing the pictures and the report';
      screen.refresh(true);
    },
  };
}

/** Samples, and their lines for the window as it was last. */
class Samples {
  private key = '';
  private lines: string[] = [];

  constructor(
    private readonly images: Uint8Array,
    private readonly shape: ImageShape,
    private readonly colors: ColorLevel,
  ) {}

  /** Two rows of samples and an empty line, or one row, or none: as many as there is room for above so many bars. */
  above(bars: number, { columns, rows }: WindowSize): string[] {
    const room = rows - 3 - bars;
    const key = `${columns} ${room}`;
    if (key === this.key) return this.lines;
    this.key = key;
    const { images, shape, colors } = this;
    const fitting = [2, 1]
      .map((count) => textPreview(images, shape, { columns, colors, rows: count }))
      .find((lines) => lines.length > 0 && lines.length <= room);
    return (this.lines = fitting === undefined ? [] : [...fitting, '']);
  }
}

/** Keeps the newest state and tells how long the rest of the run takes. */
class RunClock {
  private readonly rate = new Rate();
  private readonly histories = new Map<string, History>();
  private state: StepState = { epoch: 1, step: 0, scalars: {} };
  started = false;

  constructor(private readonly options: Omit<ProgressOptions, 'say' | 'screen' | 'colors'>) {}

  add(state: StepState): void {
    this.state = state;
    this.started = true;
    for (const [name, value] of Object.entries(state.scalars)) {
      const history = this.histories.get(name) ?? new History();
      this.histories.set(name, history);
      history.add(value);
    }
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
      historyOf: (name, width) => this.histories.get(name)?.text(width) ?? '',
      imagesPerSecond: known ? stepsPerSecond * batchSize : undefined,
      secondsLeft: known ? stepsLeft / stepsPerSecond : undefined,
    };
  }

  private stepsDone(): number {
    return (this.state.epoch - 1) * this.options.stepsPerEpoch + this.state.step;
  }
}

function monotonicSeconds(): number {
  return performance.now() / 1000;
}

function nothing(): void {}
