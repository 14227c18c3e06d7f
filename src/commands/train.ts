import { resolve } from 'node:path';
import type { DataSet } from '../data/image-set.js';
import { EXIT_CODES, UserError } from '../errors.js';
import { runOptions, runOptionsFor, type RunOptions } from '../gan/options.js';
import { optionsToBeginWith, readRunDescription } from '../runs/run-description.js';
import { findRun } from '../runs/run-folder.js';
import { isSweep } from '../runs/sweep.js';
import type { RunOutcome } from '../training/run.js';
import { resume } from '../training/resume.js';
import { train } from '../training/train.js';
import { defaultThreads } from '../backends/index.js';
import { followRun } from './follow-run.js';
import { loadChosen } from '../cli/chosen-backend.js';
import { OUTPUTS } from '../cli/common-options.js';
import { loadAgain, loadGiven } from '../cli/images.js';
import type { Console } from '../cli/console.js';
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
  if (given.eachDigit === true || resumesSweep(given)) {
    for (const other of ['preview', 'from'] as const)
      if (given[other] !== undefined)
        throw new UserError(`--${other} and --each-digit: found both, expected one of them`);
    await (await import('./train-sweep.js')).trainSweep(given, console);
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
  const from =
    given.from === undefined ? undefined : findRun(given.out ?? OUTPUTS, given.from, '--from');
  const all = onlyRunOptions(given);
  const wanted = from === undefined ? all : optionsToBeginWith(from, all);
  // Before the images are read, which may take long: whether the options can be.
  const { seed } = runOptions(wanted, 'options');
  const readAgain = from !== undefined && given.data === undefined;
  const mnist = readAgain
    ? await loadAgain(from, given, console)
    : await loadGiven({ ...given, seed }, console);
  const options = runOptionsFor(mnist, wanted);
  const dataFolder = readAgain ? readRunDescription(from).data.folder : given.data;
  const backend = await loadChosen(given, console);
  console.say(
    `training the ${options.model} GAN on ${describeData(mnist, options)} with ${backend.library}, ${threadsText(backend.threads)}, seed ${options.seed}`,
  );
  return followRun(given, console, (context) =>
    train(
      {
        options,
        outputs: given.out ?? OUTPUTS,
        checkpointEvery: given.checkpointEvery,
        from,
        // As an absolute path: a run is resumed from anywhere.
        ...(dataFolder === undefined ? {} : { dataFolder: resolve(dataFolder) }),
      },
      { ...context, mnist, backend },
    ),
  );
}

function resumesSweep({ resume: run, out }: Given): boolean {
  return run !== undefined && isSweep(findResumed(run, out));
}

async function goOn(given: Given, run: string, console: Console): Promise<RunOutcome> {
  const folder = findResumed(run, given.out);
  const before = readRunDescription(folder);
  const mnist = await loadAgain(folder, given, console);
  const backend = await loadChosen(
    {
      backend: given.backend ?? before.backend.name,
      threads: given.threads ?? threadsHere(before.backend.threads, console),
      fusedMultiplyAdd:
        given.fusedMultiplyAdd ??
        (given.backend === undefined && before.backend.fusedMultiplyAdd !== undefined),
    },
    console,
  );
  console.say(`resuming ${folder} with ${backend.library}, ${threadsText(backend.threads)}`);
  return followRun(given, console, (context) =>
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

function describeData({ train: { count }, source }: DataSet, { digit, limit }: RunOptions): string {
  const first = limit === undefined ? '' : `the first ${limit} of `;
  const images = digit === undefined ? `${count} images` : `the images of ${digit}`;
  return `${first}${images} (${source})`;
}
