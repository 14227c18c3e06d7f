import { resolve } from 'node:path';
import type { DataSet } from '../data/image-set.js';
import { BYTES_OF_A_RUN, memoryLeft } from '../machine.js';
import { EXIT_CODES, UserError } from '../errors.js';
import {
  refuseTwoLengths,
  runOptions,
  runOptionsFor,
  unmovedRate,
  type RunOptions,
} from '../gan/options.js';
import { optionsToBeginWith, readRunDescription } from '../runs/run-description.js';
import { findOwnRun } from '../runs/find-run.js';
import { checkNewRun } from '../runs/run-folder.js';
import { isSweep } from '../runs/sweep.js';
import type { RunOutcome } from '../training/run.js';
import { trainingImages } from '../training/training-images.js';
import { threadsHere } from '../backends/index.js';
import { followRun } from './follow-run.js';
import { loadChosen } from '../cli/chosen-backend.js';
import { OUTPUTS } from '../cli/common-options.js';
import { loadAgain, loadGiven } from '../cli/images.js';
import type { Console } from '../cli/console.js';
import {
  findResumed,
  onlyRunOptions,
  refuseOtherOptions,
  threadsText,
  type Given,
} from './train-given.js';

/** `gan-mnist train`. */
export async function runTrain(given: Given, console: Console): Promise<void> {
  if (given.name !== undefined && given.resume !== undefined)
    throw new UserError('--name and --resume: found both, expected one: a run keeps its name');
  if (given.dryRun === true && (given.resume !== undefined || given.eachDigit === true))
    throw new UserError(
      `--dry-run and ${given.resume === undefined ? '--each-digit' : '--resume'}: found both, expected a single new run`,
    );
  if (given.resume !== undefined && given.eachDigit !== true) refuseOtherOptions(given);
  if (given.eachDigit === true || resumesSweep(given)) {
    if (given.from !== undefined)
      throw new UserError('--from and --each-digit: found both, expected one of them');
    if (given.failOn !== undefined)
      throw new UserError(
        '--fail-on: found it with several runs, expected a single one: gan-mnist sweep table says which have collapsed',
      );
    await (await import('./train-sweep.js')).trainSweep(given, console);
    return;
  }
  if (given.jobs !== undefined)
    throw new UserError(
      '--jobs: found it without --each-digit, expected both: one run is one process',
    );
  if (given.dryRun === true) {
    const { mnist, options, backend } = await prepared(given, console);
    return (await import('./dry-run.js')).dryRun({ mnist, options, backend }, console);
  }
  warnOfMemory(console);
  const outcome =
    given.resume === undefined
      ? await startNew(given, console)
      : await goOn(given, given.resume, console);
  if (outcome.interrupted) process.exitCode = EXIT_CODES.interrupted;
}

/** Where none is left, the system ends a process without a word. @param left bytes. */
export function warnOfMemory(console: Pick<Console, 'warn'>, left = memoryLeft()): void {
  if (left >= BYTES_OF_A_RUN) return;
  const [found, taken] = [left, BYTES_OF_A_RUN].map((bytes) => Math.round(bytes / 1e6));
  console.warn(
    `${found} MB of memory are left, and a run takes about ${taken}: if the system ends this process, gan-mnist train --resume goes on from its last checkpoint`,
  );
}

async function startNew(given: Given, console: Console): Promise<RunOutcome> {
  const { name } = given;
  checkNewRun(given.out ?? OUTPUTS, name);
  const { mnist, options, backend, from, dataFolder } = await prepared(given, console);
  // Loaded only now: the first line stands before TensorFlow.js is read.
  const { train } = await import('../training/train.js');
  return followRun(given, console, (context) =>
    train(
      {
        options,
        outputs: given.out ?? OUTPUTS,
        name,
        checkpointEvery: given.checkpointEvery,
        from,
        // As an absolute path: a run is resumed from anywhere.
        ...(dataFolder === undefined ? {} : { dataFolder: resolve(dataFolder) }),
      },
      { ...context, mnist, backend },
    ),
  );
}

/** What a new run works with; says what it is. */
async function prepared(given: Given, console: Console) {
  refuseTwoLengths(given);
  const from =
    given.from === undefined ? undefined : findOwnRun(given.out ?? OUTPUTS, given.from, '--from');
  const all = onlyRunOptions(given);
  const wanted = from === undefined ? all : optionsToBeginWith(from, all);
  // Before the images are read, which may take long: whether the options can be.
  const { seed } = runOptions(wanted, 'options');
  const readAgain = from !== undefined && given.data === undefined;
  const mnist = readAgain
    ? await loadAgain(from, given, console)
    : await loadGiven({ ...given, seed }, console);
  const options = runOptionsFor(mnist, wanted);
  // Refuses more images than there are, before anything is said of them.
  trainingImages(options, mnist);
  const dataFolder = readAgain ? readRunDescription(from).data.folder : given.data;
  const backend = await loadChosen(given, console);
  console.tell(
    `training the ${options.model} GAN on ${describeData(mnist, options)} with ${backend.library}, ${threadsText(backend.threads)}, seed ${options.seed}`,
  );
  const unmoved = unmovedRate(all, options);
  if (unmoved !== undefined) console.warn(unmoved);
  return { mnist, options, backend, from, dataFolder };
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
      threads:
        given.threads ?? threadsHere(before.backend.threads, (message) => console.warn(message)),
      fusedMultiplyAdd:
        given.fusedMultiplyAdd ??
        (given.backend === undefined && before.backend.fusedMultiplyAdd !== undefined),
    },
    console,
  );
  console.tell(`resuming ${folder} with ${backend.library}, ${threadsText(backend.threads)}`);
  const { resume } = await import('../training/resume.js');
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

function describeData({ train: { count }, source }: DataSet, { digit, limit }: RunOptions): string {
  const first = limit === undefined ? '' : `the first ${limit} of `;
  const images = digit === undefined ? `${count} images` : `the images of ${digit}`;
  return `${first}${images} (${source})`;
}
