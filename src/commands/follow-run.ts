import { join } from 'node:path';
import type { Console } from '../cli/console.js';
import type { RunPaths, TrainingEnd } from '../cli/events.js';
import type { ImageShape } from '../data/image-set.js';
import { CurrentDrawings } from '../drawings/current-drawings.js';
import { verdictText } from '../evaluation/verdict-text.js';
import { judgeRun, lastQuality, type Finding } from '../evaluation/verdict.js';
import type { RunOptions } from '../gan/options.js';
import { toBytes } from '../images/grid.js';
import { flatRow, rowText } from '../runs/log.js';
import { RUN_FILES } from '../runs/run-folder.js';
import { graphicsOf } from '../terminal/graphics.js';
import { createProgress, type Progress } from '../terminal/progress.js';
import type { Follower } from '../training/follower.js';
import type { RunOutcome } from '../training/run.js';
import type { TrainContext } from '../training/train.js';

/** Runs a training with a display of it, and says at the end how it went and where everything is. */
export async function followRun(
  given: { readonly preview?: boolean },
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
    previewImages(toBytes(images), shape, { columns: stdout.columns || 80, graphics, colors });
}

function summary({ epochs, rows, interrupted, seconds }: RunOutcome): string {
  const last = rows.at(-1);
  const numbers = last === undefined ? '' : `, ${rowText(last)}`;
  return `${interrupted ? 'interrupted and saved: gan-mnist train --resume goes on' : 'done'} after ${epochs} epochs in ${seconds.toFixed(1)} s${numbers}`;
}
