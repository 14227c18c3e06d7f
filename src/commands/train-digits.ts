import { resolve } from 'node:path';
import { defaultThreads } from '../backends/index.js';
import { loadImages } from '../data/load.js';
import { EXIT_CODES, RunError, UserError } from '../errors.js';
import { flagOf } from '../options.js';
import { createDigitsDisplay, type DigitsDisplay } from '../terminal/digits-display.js';
import {
  ALL_DIGITS,
  digitFolder,
  hasDigitRun,
  isDigitsFolder,
  removeDrafts,
} from '../runs/digit-folders.js';
import {
  createDigitsFolder,
  epochsTrained,
  readDigitRuns,
  writeDigitRuns,
  type DigitRunsDescription,
} from '../runs/digit-runs.js';
import { Lease } from '../files/lease.js';
import { rowOf } from '../runs/log.js';
import { optionsOfEachDigit } from '../gan/options.js';
import { refuseFewerEpochs } from '../training/resume.js';
import { loadChosen } from '../cli/chosen-backend.js';
import { trainingImages } from '../training/prepare.js';
import { OUTPUTS } from '../cli/common-options.js';
import { drawFolder } from '../drawings/drawings.js';
import { readLog, readRun } from '../runs/run-data.js';
import type { Console } from '../cli/console.js';
import type { Failed, TrainingEvent } from '../cli/events.js';
import { startJob } from './digit-job.js';
import {
  findResumed,
  onlyRunOptions,
  refuseOtherOptions,
  threadsText,
  type Given,
} from './train-given.js';

/** `gan-mnist train --each-digit`, and `--resume` of what it made: ten runs, each in a process of its own. */
export async function trainEachDigit(given: Given, console: Console): Promise<void> {
  if (given.digit !== undefined)
    throw new UserError('--digit and --each-digit: found both, expected one of them');
  if (given.resume === undefined) {
    const { folder, description } = await startNew(given, console);
    return trainLocked(folder, async () => description, given, console);
  }
  const folder = resumedFolder(given, given.resume);
  await trainLocked(folder, () => goOn(folder, given, console), given, console);
}

async function trainLocked(
  folder: string,
  describe: () => Promise<DigitRunsDescription>,
  given: Given,
  console: Console,
): Promise<void> {
  const lease = await Lease.take(folder, {
    say: (line) => console.warn(line),
    signal: console.interruptions(),
  });
  try {
    const description = await describe();
    removeDrafts(folder);
    await trainDigits(folder, description, given, console);
  } finally {
    lease.release();
  }
}

interface DigitRuns {
  readonly folder: string;
  readonly description: DigitRunsDescription;
}

async function startNew(given: Given, console: Console): Promise<DigitRuns> {
  const options = optionsOfEachDigit(onlyRunOptions(given));
  const mnist = await loadImages(given.data);
  for (const digit of ALL_DIGITS) trainingImages({ ...options, digit }, mnist);
  const threads = Math.max(1, Math.floor((given.threads ?? defaultThreads()) / jobsOf(given)));
  const backend = await loadChosen({ ...given, threads }, console);
  console.say(
    `training the ${options.model} GAN digit by digit on ${mnist.source} with ${backend.library}, ${jobsOf(given)} at a time, ${threadsText(threads)} each, seed ${options.seed}`,
  );
  const description: DigitRunsDescription = {
    options,
    backend: backend.name,
    threads,
    // As an absolute path: runs are resumed from anywhere.
    ...(given.data === undefined ? {} : { dataFolder: resolve(given.data) }),
    ...(given.checkpointEvery === undefined ? {} : { checkpointEvery: given.checkpointEvery }),
  };
  return { folder: await createDigitsFolder(given.out ?? OUTPUTS, description), description };
}

function resumedFolder(given: Given, run: string): string {
  refuseOtherOptions(given);
  const folder = findResumed(run, given.out);
  if (!isDigitsFolder(folder))
    throw new UserError(
      `--each-digit: ${folder} is one run, expected a folder with a run for each digit`,
    );
  return folder;
}

async function goOn(folder: string, given: Given, console: Console): Promise<DigitRunsDescription> {
  const before = readDigitRuns(folder);
  const description: DigitRunsDescription = {
    ...before,
    options: { ...before.options, epochs: given.epochs ?? before.options.epochs },
    backend: given.backend ?? before.backend,
    ...(given.data === undefined ? {} : { dataFolder: resolve(given.data) }),
  };
  if (given.epochs !== undefined)
    refuseFewerEpochs(
      given.epochs,
      Math.max(...ALL_DIGITS.map((digit) => epochsTrained(folder, digit))),
      folder,
    );
  await writeDigitRuns(folder, description);
  console.say(`resuming ${folder}, ${jobsOf(given)} at a time`);
  return description;
}

const jobsOf = ({ jobs, threads }: Given): number =>
  jobs ?? Math.min(ALL_DIGITS.length, threads ?? defaultThreads());

/** Trains what is not trained yet; those that fail do not keep the others from finishing. */
async function trainDigits(
  folder: string,
  description: DigitRunsDescription,
  given: Given,
  console: Console,
): Promise<void> {
  const { epochs } = description.options;
  const { stdout: stream, colors, quiet, json } = console;
  const signal = console.interruptions();
  const warn = (text: string): void => console.warn(text);
  const display = createDigitsDisplay({ stream, colors, quiet, json, epochs, warn });
  const failed: number[] = [];
  let report: string | undefined;
  const waiting = ALL_DIGITS.filter((digit) => {
    const isDone = epochsTrained(folder, digit) >= epochs;
    if (isDone) display.done(digit);
    return !isDone;
  });
  const work = async (): Promise<void> => {
    for (let digit = waiting.shift(); digit !== undefined; digit = waiting.shift()) {
      if (signal.aborted) return;
      if (!(await trainDigit(folder, digit, description, given, console, display)))
        failed.push(digit);
      report = (await drawReport(folder, warn)) ?? report;
    }
  };
  try {
    await Promise.all(Array.from({ length: jobsOf(given) }, work));
    if (signal.aborted || failed.length === 0)
      console.emit({
        event: signal.aborted ? 'interrupted' : 'done',
        command: 'train',
        run: folder,
        paths: { ...(report !== undefined && { report }) },
      });
    display.end({
      lines: signal.aborted ? ['interrupted and saved: gan-mnist train --resume goes on'] : [],
      paths: { runs: folder, ...(report !== undefined && { report }) },
    });
  } finally {
    display.close();
  }
  if (failed.length > 0)
    throw new RunError(
      `${failed
        .sort()
        .map((digit) => `digit ${digit}`)
        .join(', ')} failed, as said above; gan-mnist train --resume ${folder} tries again`,
    );
  if (signal.aborted) process.exitCode = EXIT_CODES.interrupted;
}

/** The report of the digits that there are, anew; undefined where none has an epoch yet, or where it cannot be drawn. */
async function drawReport(
  folder: string,
  warn: (text: string) => void,
): Promise<string | undefined> {
  if (ALL_DIGITS.every((digit) => readLog(digitFolder(folder, digit)).rows.length === 0)) return;
  try {
    return (await drawFolder(readRun(folder, () => {}))).at(-1);
  } catch (error) {
    // One digit's damaged file must not keep the others from being trained.
    if (!(error instanceof UserError)) throw error;
    warn(`the report is not drawn: ${error.message}`);
    return;
  }
}

/** @returns false where it failed. */
async function trainDigit(
  folder: string,
  digit: number,
  description: DigitRunsDescription,
  given: Given,
  console: Console,
  display: DigitsDisplay,
): Promise<boolean> {
  const signal = console.interruptions();
  const heard = (event: TrainingEvent | Failed): void => {
    // Its failure is told below, also where the process was killed and says nothing.
    if (event.event === 'failed') return;
    console.emit({ digit, ...event });
    if (event.event === 'started') display.started(digit, event.epochsDone);
    const { event: name, ...fields } = event;
    const row = name === 'epoch' ? rowOf(fields) : undefined;
    if (row !== undefined) display.epoch(digit, row);
    if (event.event === 'warned') display.message(`digit ${digit}: ${event.message}`);
    if (event.event === 'done') display.done(digit);
  };
  const job = startJob(argumentsOf(folder, digit, description, given), heard);
  signal.addEventListener('abort', job.interrupt);
  const { code, lastWords } = await job.ended;
  signal.removeEventListener('abort', job.interrupt);
  if (code === 0 || (signal.aborted && code === EXIT_CODES.interrupted)) return true;
  console.emit({ event: 'failed', digit, message: lastWords });
  display.failed(digit, `digit ${digit} failed: ${lastWords}`);
  return false;
}

/** The command line of one digit's training. */
function argumentsOf(
  folder: string,
  digit: number,
  { options, backend, threads, dataFolder, checkpointEvery }: DigitRunsDescription,
  given: Given,
): string[] {
  const own: Record<string, unknown> = hasDigitRun(folder, digit)
    ? {
        resume: digitFolder(folder, digit),
        epochs: options.epochs,
        backend: given.backend,
        threads: given.threads === undefined ? undefined : threads,
        data: given.data,
      }
    : { ...options, digit, out: folder, backend, threads, data: dataFolder, checkpointEvery };
  const flags = Object.entries(own).filter(([, value]) => value !== undefined);
  return ['train', '--json', ...flags.flatMap(([name, value]) => [flagOf(name), String(value)])];
}
