import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Console } from '../cli/console.js';
import type { RunPaths, TrainingEnd } from '../cli/training-events.js';
import { picturesText, proposeNext, quoted, verdictLines } from '../cli/shown.js';
import type { ImageShape } from '../data/image-set.js';
import { CurrentDrawings } from '../drawings/current-drawings.js';
import { verdictOf } from '../evaluation/kept-verdict.js';
import { hasCollapsed } from '../evaluation/course-verdict.js';
import { lastQuality, type Finding } from '../evaluation/verdict.js';
import { GateFailed } from '../errors.js';
import type { RunOptions } from '../gan/options.js';
import { toBytes } from '../images/grid.js';
import { flatRow, rowText } from '../runs/log.js';
import { readRunDescription } from '../runs/run-description.js';
import { RUN_FILES, sampleFile } from '../runs/run-folder.js';
import { countOf, formatSeconds } from '../terminal/format.js';
import { createProgress, type Progress } from '../terminal/progress.js';
import type { Follower } from '../training/follower.js';
import type { RunOutcome } from '../training/run.js';
import type { TrainContext } from '../training/train.js';

/** What was typed about the display and the end of a training. */
export interface FollowGiven {
  /** Samples in the terminal while it trains, and at its end. */
  readonly preview?: boolean;
  readonly failOn?: 'collapse';
}

/**
 * Runs a training with a display of it, and says at the end how it went, where everything is and what to do with it.
 *
 * @throws GateFailed where the run has collapsed and that was to fail.
 */
export async function followRun(
  { preview = true, failOn }: FollowGiven,
  console: Console,
  start: (context: Pick<TrainContext, 'signal' | 'followers'>) => Promise<RunOutcome>,
): Promise<RunOutcome> {
  const display = new Display(console, preview);
  const outcome = await start({
    signal: console.interruptions(),
    followers: [display.follower, new CurrentDrawings(display.warn)],
  });
  const { folder, epochs, rows, interrupted } = outcome;
  const { options } = display;
  console.screen.close();
  const paths = pathsOf(outcome);
  const verdict =
    rows.length === 0 ? [] : verdictOf({ folder, rows, description: readRunDescription(folder) });
  const unmet =
    failOn === 'collapse' && hasCollapsed(rows)
      ? ['--fail-on collapse: the run has collapsed, as its verdict says']
      : [];
  console.emit(endEvent(outcome, paths, verdict, unmet));
  if (display.trained) {
    for (const line of summary(outcome)) console.tell(line);
    if (verdict.length > 0) console.say(verdictLines(verdict, console));
    display.showLast();
    if (console.quiet) console.wrote('run', folder);
    else sayPaths(paths, console);
    if (epochs > 0) proposeNext(proposals(outcome, options), console);
  } else
    console.say(
      `${folder} has done its ${countOf(epochs, 'epoch')}, nothing is left to do; --epochs with a higher number goes on`,
    );
  if (unmet.length > 0 && !interrupted) throw new GateFailed(unmet.join('; '));
  return outcome;
}

/** From one look at the samples within an epoch to the next, at least; and the share of the time that they may take. */
const GLIMPSE_MILLISECONDS = 1000;
const GLIMPSE_SHARE = 0.01;

/** What of a training is seen while it goes on. */
class Display {
  options: RunOptions | undefined;
  trained = false;
  private progress: Progress | undefined;
  private shape: ImageShape = [0, 0, 1];
  private last: Uint8Array | undefined;
  private nextGlimpse = 0;

  constructor(
    private readonly console: Console,
    private readonly preview: boolean,
  ) {}

  readonly follower: Follower = {
    started: (run) => {
      const { folder, stepsPerEpoch, epochsDone, options, shape } = run;
      Object.assign(this, { options, shape });
      if (epochsDone === options.epochs) return;
      this.trained = true;
      const { epochs } = options;
      this.console.emit({ event: 'started', run: folder, epochs, epochsDone, stepsPerEpoch });
      const { screen, colors, quiet } = this.console;
      if (!quiet) this.console.wrote('run', folder);
      this.progress = createProgress({
        ...{ screen, colors, stepsPerEpoch },
        say: (line) => this.console.note(line),
        totalEpochs: epochs,
        batchSize: options.batchSize,
      });
    },
    glimpse: () => {
      const now = performance.now();
      if (!this.isShown || now < this.nextGlimpse) return undefined;
      return (images) => {
        this.show(images);
        const took = performance.now() - now;
        this.nextGlimpse = performance.now() + Math.max(GLIMPSE_MILLISECONDS, took / GLIMPSE_SHARE);
      };
    },
    samples: (_, images) => {
      if (this.isShown) this.show(images);
    },
    step: (at) => this.progress?.step(at),
    epoch: ({ row, paths }) => {
      this.console.emit({ event: 'epoch', ...flatRow(row) });
      const measured = rowText({ scalars: {}, measures: row.measures });
      this.progress?.epoch(row, paths, measured === '' ? undefined : measured);
    },
    finishing: () => this.progress?.drawing(),
    warning: (message) => this.warn(message),
  };

  /** Also as an event: a sweep hears of its runs by nothing else. */
  readonly warn = (message: string): void => {
    this.console.emit({ event: 'warned', message });
    this.console.warn(message);
  };

  private get isShown(): boolean {
    return this.preview && this.console.screen.isLive;
  }

  private show(images: Float32Array): void {
    this.last = toBytes(images);
    this.progress?.samples(this.last, this.shape);
  }

  /** The last samples, which stay. */
  showLast(): void {
    if (this.last !== undefined)
      this.console.screen.write(`\n${picturesText(this.last, this.shape, this.console)}\n\n`);
  }
}

function pathsOf({ folder, rows }: RunOutcome): RunPaths {
  const report = join(folder, RUN_FILES.report);
  const sampled = rows.findLast(({ measures }) => 'diversity' in measures);
  return {
    // A report that could not be drawn was warned of.
    ...(existsSync(report) && { report }),
    losses: join(folder, RUN_FILES.losses),
    ...(sampled !== undefined && { grid: join(folder, sampleFile(sampled.epoch)) }),
    samples: join(folder, RUN_FILES.samples),
    model: join(folder, RUN_FILES.model),
  };
}

function sayPaths({ report, grid, model }: RunPaths, console: Console): void {
  for (const [what, path] of Object.entries({ report, samples: grid, model }))
    if (path !== undefined) console.wrote(what, path);
}

function endEvent(
  { folder, epochs, rows, interrupted, seconds, secondsInSteps }: RunOutcome,
  paths: RunPaths,
  verdict: readonly Finding[],
  unmet: readonly string[],
): TrainingEnd {
  const diversity = rows.findLast(({ measures }) => 'diversity' in measures)?.measures['diversity'];
  return {
    event: interrupted ? 'interrupted' : 'done',
    command: 'train',
    run: folder,
    epochs,
    seconds,
    secondsInSteps,
    losses: rows.at(-1)?.scalars ?? {},
    ...(diversity !== undefined && { diversity }),
    quality: lastQuality(rows) ?? {},
    verdict,
    unmet,
    paths,
  };
}

function summary({ folder, epochs, rows, interrupted, seconds }: RunOutcome): string[] {
  const last = rows.at(-1);
  const numbers = last === undefined ? '' : `; ${rowText(last)}`;
  const after = `after ${countOf(epochs, 'epoch')}, ${formatSeconds(seconds)}${numbers}`;
  return interrupted
    ? [`interrupted and saved ${after}`, `gan-mnist train --resume ${quoted(folder)} goes on`]
    : [`done ${after}`];
}

/** What one does with a run that is there. */
function proposals(
  { folder, interrupted }: RunOutcome,
  options: RunOptions | undefined,
): [string, string][] {
  const run = quoted(folder);
  const one = options?.conditional === true ? oneClass(folder) : '';
  return [
    ...(interrupted ? ([[`train --resume ${run}`, 'go on']] as [string, string][]) : []),
    [`report ${run} --open`, 'the run in the browser'],
    [`sample ${run}${one}`, 'draw images with it'],
    ...(interrupted
      ? []
      : ([[`evaluate ${run} --quick`, 'how good they are']] as [string, string][])),
  ];
}

/** How a conditional model is asked for one class, as the images call them. */
function oneClass(folder: string): string {
  const { classes } = readRunDescription(folder).data;
  const isNumbered = classes.every((name, k) => name === String(k));
  return isNumbered
    ? ` --digit ${Math.min(3, classes.length - 1)}`
    : ` --class ${quoted(classes[0])}`;
}
