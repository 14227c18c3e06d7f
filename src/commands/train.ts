import { join, resolve } from 'node:path';
import type { DataSet, ImageShape } from '../data/image-set.js';
import { loadImages } from '../data/load.js';
import { EXIT_CODES, UserError } from '../errors.js';
import { toBytes } from '../images/grid.js';
import { graphicsOf } from '../terminal/graphics.js';
import { createProgress, type Progress } from '../terminal/progress.js';
import { isDigitsFolder } from '../runs/digit-folders.js';
import { verdictText } from '../evaluation/verdict-text.js';
import { judgeRun, lastQuality, type Finding } from '../evaluation/verdict.js';
import { runOptions, type RunOptions } from '../gan/options.js';
import { readRunDescription } from '../runs/run-description.js';
import { flatRow, rowText } from '../runs/log.js';
import { RUN_FILES } from '../runs/run-folder.js';
import type { Follower } from '../training/follower.js';
import type { RunOutcome } from '../training/run.js';
import { resume } from '../training/resume.js';
import { train, type TrainContext } from '../training/train.js';
import { CurrentDrawings } from '../drawings/current-drawings.js';
import { defaultThreads } from '../backends/index.js';
import { imagesOfRun } from '../cli/images-of-run.js';
import { loadChosen } from '../cli/chosen-backend.js';
import { OUTPUTS } from '../cli/common-options.js';
import type { Console } from '../cli/console.js';
import type { RunPaths, TrainingEnd } from '../cli/events.js';
import {
  findResumed,
  onlyRunOptions,
  refuseOtherOptions,
  refuseTwoLengths,
  threadsText,
  type Given,
} from './train-given.js';

/** `gan-mnist train`. */
export async function runTrain(given: Given, console: Console): Promise<void> {
  if (given.preview === true && (console.json || console.quiet))
    throw new UserError(
      `--preview and ${console.json ? '--json' : '--quiet'}: found both, expected one of them`,
    );
  if (given.resume !== undefined && given.eachDigit !== true) refuseOtherOptions(given);
  if (given.eachDigit === true || resumesDigits(given)) {
    if (given.preview === true)
      throw new UserError('--preview and --each-digit: found both, expected one of them');
    await (await import('./train-digits.js')).trainEachDigit(given, console);
    return;
  }
  if (given.jobs !== undefined)
    throw new UserError(
      '--jobs: found it without --each-digit, expected both: one run is one process',
    );
  const outcome =
    given.resume === undefined
      ? await startNew(given, console)
      : await goOn(given, given.resume, console);
  if (outcome.interrupted) process.exitCode = EXIT_CODES.interrupted;
}

async function startNew(given: Given, console: Console): Promise<RunOutcome> {
  refuseTwoLengths(given);
  const options = runOptions(onlyRunOptions(given), 'options');
  const mnist = await loadImages(given.data);
  const backend = await loadChosen(given, console);
  console.say(
    `training the ${options.model} GAN on ${describeData(mnist, options)} with ${backend.library}, ${threadsText(backend.threads)}, seed ${options.seed}`,
  );
  return follow(given, console, (context) =>
    train(
      {
        options,
        outputs: given.out ?? OUTPUTS,
        checkpointEvery: given.checkpointEvery,
        // As an absolute path: a run is resumed from anywhere.
        ...(given.data === undefined ? {} : { dataFolder: resolve(given.data) }),
      },
      { ...context, mnist, backend },
    ),
  );
}

function resumesDigits({ resume: run, out }: Given): boolean {
  return run !== undefined && isDigitsFolder(findResumed(run, out));
}

async function goOn(given: Given, run: string, console: Console): Promise<RunOutcome> {
  const folder = findResumed(run, given.out);
  const before = readRunDescription(folder);
  const mnist = await imagesOfRun(folder, given.data);
  const backend = await loadChosen(
    {
      backend: given.backend ?? before.backend.name,
      threads: given.threads ?? threadsHere(before.backend.threads, console),
    },
    console,
  );
  console.say(`resuming ${folder} with ${backend.library}, ${threadsText(backend.threads)}`);
  return follow(given, console, (context) =>
    resume(
      {
        folder,
        epochs: given.epochs,
        checkpointEvery: given.checkpointEvery,
        ...(given.data !== undefined && { dataFolder: resolve(given.data) }),
      },
      { ...context, mnist, backend },
    ),
  );
}

/** More threads than can run at the same time wait for one another many times longer than they compute. */
function threadsHere(before: number, console: Console): number {
  const most = defaultThreads();
  if (before <= most) return before;
  console.warn(
    `the run began with ${before} threads, of which ${most} can run at the same time here: it goes on with ${most} (--threads ${before} keeps them, many times slower)`,
  );
  return most;
}

/** Runs a training with a display of it, and says at the end how it went and where everything is. */
async function follow(
  given: Given,
  console: Console,
  start: (context: Pick<TrainContext, 'signal' | 'followers'>) => Promise<RunOutcome>,
): Promise<RunOutcome> {
  let progress: Progress | undefined;
  let shape: ImageShape = [0, 0, 1];
  let options: RunOptions | undefined;
  const preview = given.preview === true ? await previewer(console) : undefined;
  const warn = (message: string): void =>
    progress !== undefined && !console.quiet ? progress.message(message) : console.warn(message);
  try {
    const display: Follower = {
      started: (run) => {
        const { folder, stepsPerEpoch, epochsDone } = run;
        ({ options, shape } = run);
        if (epochsDone === options.epochs) return;
        console.emit({
          event: 'started',
          run: folder,
          epochs: options.epochs,
          epochsDone,
          stepsPerEpoch,
        });
        progress = createProgress({
          stream: console.stdout,
          colors: console.colors,
          quiet: console.quiet,
          json: console.json,
          totalEpochs: options.epochs,
          stepsPerEpoch,
          batchSize: options.batchSize,
        });
      },
      samples: (_, images) => {
        if (preview !== undefined) progress?.message(preview(images, shape));
      },
      step: (at) => progress?.step(at),
      epoch: ({ row, paths }) => {
        console.emit({ event: 'epoch', ...flatRow(row) });
        progress?.epoch(row, paths);
      },
      finishing: () => progress?.drawing(),
      warning: (message) => {
        console.emit({ event: 'warned', message });
        warn(message);
      },
    };
    const outcome = await start({
      signal: console.interruptions(),
      followers: [display, new CurrentDrawings(warn)],
    });
    const { folder, epochs, rows } = outcome;
    const paths = pathsOf(outcome);
    const verdict = options === undefined || rows.length === 0 ? [] : judgeRun(rows, options);
    console.emit(endEvent(outcome, paths, verdict));
    if (progress === undefined) {
      console.say(
        `${folder} has done its ${epochs} epochs, nothing is left to do; --epochs with a higher number goes on`,
      );
    }
    progress?.done({
      lines: [summary(outcome), ...(verdict.length > 0 ? verdictText(verdict).split('\n') : [])],
      paths: { run: folder, ...paths },
    });
    return outcome;
  } finally {
    progress?.close();
  }
}

function pathsOf({ folder, epochs }: RunOutcome): RunPaths {
  return {
    ...(epochs > 0 && { report: join(folder, RUN_FILES.report) }),
    losses: join(folder, RUN_FILES.losses),
    samples: join(folder, RUN_FILES.samples),
    model: join(folder, RUN_FILES.model),
  };
}

function endEvent(
  { folder, epochs, rows, interrupted, seconds, secondsInSteps }: RunOutcome,
  paths: RunPaths,
  verdict: readonly Finding[],
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
    paths,
  };
}

/** Draws samples as text for the terminal. */
async function previewer({
  colors,
  stdout,
}: Console): Promise<(images: Float32Array, shape: ImageShape) => string> {
  const { previewImages } = await import('../terminal/preview.js');
  // Where there is no window, the text goes to a file or a pipe, which shows no images.
  const graphics = stdout.isTTY ? graphicsOf(process.env) : 'text';
  return (images, shape) =>
    previewImages(toBytes(images), shape, { columns: stdout.columns ?? 80, graphics, colors });
}

function summary({ epochs, rows, interrupted, seconds }: RunOutcome): string {
  const last = rows.at(-1);
  const numbers = last === undefined ? '' : `, ${rowText(last)}`;
  return `${interrupted ? 'interrupted and saved: gan-mnist train --resume goes on' : 'done'} after ${epochs} epochs in ${seconds.toFixed(1)} s${numbers}`;
}

function describeData({ train: { count }, source }: DataSet, { digit, limit }: RunOptions): string {
  const first = limit === undefined ? '' : `the first ${limit} of `;
  const images = digit === undefined ? `${count} images` : `the images of ${digit}`;
  return `${first}${images} (${source})`;
}
