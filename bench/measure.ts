import { CONTESTANTS, LIMIT, type Contestant, type Setting } from './contestants.js';
import { Worker } from './worker.js';

/** A line of the bench's table. */
export interface Row {
  readonly model: string;
  readonly backend: string;
  readonly threads: number;
  readonly batchSize: number;
  readonly units: number;
  /** Median, least and greatest of the rounds; null where it was not measured. */
  readonly msPerStep: number | null;
  readonly minMsPerStep: number | null;
  readonly maxMsPerStep: number | null;
  /** Each round's milliseconds a step, in the order of the rounds. */
  readonly roundMs: readonly number[];
  /** Time an image over the native backend's, and over that of the step's matrix products alone: medians of the rounds' ratios. */
  readonly timesNative: number | null;
  readonly timesLimit: number | null;
  /** Libraries and their versions. */
  readonly versions: string;
  /** Why it was not measured, or what is different from the other rows. */
  readonly note: string;
}

export interface Effort {
  readonly rounds: number;
  /** A round takes as many steps as fit into it, at least one. */
  readonly roundSeconds: number;
}

interface Entry {
  readonly contestant: Contestant;
  readonly setting: Setting;
  worker?: Worker;
  rounds: number;
  stepsPerRound: number;
  readonly roundMs: number[];
  note: string;
}

const MOST_STEPS_PER_ROUND = 1000;
/** A step that takes longer than this is not warmed up beyond its first run, and takes part in fewer rounds. */
const SLOW_STEP_MS = 400;
const ROUNDS_OF_SLOW_STEPS = 5;

/**
 * Times the step on every contestant that `only` matches, and the limit beside them: all are started, then take turns,
 * a round each, so that whatever else changes on the machine changes for all of them.
 *
 * @param say told what is being done.
 */
export async function measure(
  setting: Setting,
  only: RegExp,
  peersFolder: string,
  { rounds, roundSeconds }: Effort,
  say: (text: string) => void,
): Promise<Row[]> {
  const contestants = [LIMIT, ...CONTESTANTS.filter(({ backend }) => only.test(backend))];
  const entries: Entry[] = [];
  try {
    for (const contestant of contestants) {
      say(`${setting.model}, ${setting.threads} threads: starting ${contestant.backend}`);
      entries.push(await start(contestant, setting, peersFolder, { rounds, roundSeconds }));
    }
    for (let round = 1; round <= rounds; round++) {
      say(`${setting.model}, ${setting.threads} threads: round ${round} of ${rounds}`);
      for (const entry of entries) if (round <= entry.rounds) await runRound(entry);
    }
  } finally {
    for (const { worker } of entries) worker?.kill();
  }
  const native = entries.find(({ contestant }) => contestant.backend === 'native');
  return entries.map((entry) => rowOf(entry, native, entries[0]));
}

async function start(
  contestant: Contestant,
  wanted: Setting,
  peersFolder: string,
  { rounds, roundSeconds }: Effort,
): Promise<Entry> {
  const batchSize = Math.min(
    wanted.batchSize,
    contestant.batchSizes?.[wanted.model] ?? wanted.batchSize,
  );
  const setting = { ...wanted, batchSize };
  const entry: Entry = { contestant, setting, rounds, stepsPerRound: 1, roundMs: [], note: '' };
  if (batchSize < wanted.batchSize) entry.note = `batch of ${batchSize}, ratios by image`;
  const { mostThreads = wanted.threads } = contestant;
  if (mostThreads < wanted.threads) entry.note += `${entry.note && '; '}uses ${mostThreads} thread`;
  const command = contestant.command(setting, peersFolder);
  if ('missing' in command) return { ...entry, note: command.missing };
  try {
    entry.worker = await Worker.start(command);
    const first = await entry.worker.run(1); // compiles, allocates
    const ms = first > SLOW_STEP_MS ? await entry.worker.run(1) : await entry.worker.run(2, 2);
    entry.stepsPerRound = stepsIn(roundSeconds, ms);
    if (ms > SLOW_STEP_MS) entry.rounds = Math.min(rounds, ROUNDS_OF_SLOW_STEPS);
    else {
      const warmMs = await entry.worker.run(entry.stepsPerRound);
      entry.stepsPerRound = stepsIn(roundSeconds, warmMs);
    }
  } catch (error) {
    fail(entry, error);
  }
  return entry;
}

const stepsIn = (seconds: number, ms: number): number =>
  Math.min(MOST_STEPS_PER_ROUND, Math.max(1, Math.round((seconds * 1e3) / ms)));

async function runRound(entry: Entry): Promise<void> {
  if (entry.worker === undefined) return;
  const { stepsPerRound } = entry;
  try {
    // The others' rounds have emptied the caches; a tenth of a round fills them.
    entry.roundMs.push(await entry.worker.run(stepsPerRound, Math.floor(stepsPerRound / 10)));
  } catch (error) {
    fail(entry, error);
  }
}

/** A contestant that failed is out: its row says why and has no figures. */
function fail(entry: Entry, error: unknown): void {
  entry.worker?.kill();
  entry.worker = undefined;
  entry.roundMs.length = 0;
  entry.note = `failed: ${error instanceof Error ? error.message : String(error)}`;
}

function rowOf(
  { contestant, setting, worker, roundMs, note }: Entry,
  native: Entry | undefined,
  limit: Entry,
): Row {
  const measured = roundMs.length > 0;
  const perImage = roundMs.map((ms) => ms / setting.batchSize);
  const timesOf = (other: Entry | undefined): number | null =>
    other === undefined
      ? null
      : timesInTurns(
          perImage,
          other.roundMs.map((ms) => ms / other.setting.batchSize),
        );
  return {
    model: setting.model,
    backend: contestant.backend,
    threads: setting.threads,
    batchSize: setting.batchSize,
    units: setting.units,
    msPerStep: medianOf(roundMs),
    minMsPerStep: measured ? Math.min(...roundMs) : null,
    maxMsPerStep: measured ? Math.max(...roundMs) : null,
    roundMs,
    timesNative: timesOf(native),
    timesLimit: timesOf(limit),
    versions: worker?.library ?? '',
    note,
  };
}

/**
 * How many times another's time one takes: the median of the ratios of rounds that followed one another. What changes the
 * speed of the machine for seconds (two virtual processors that share one core for a while) changes both times of a round
 * and leaves its ratio. Null where either has no rounds.
 */
export function timesInTurns(mine: readonly number[], others: readonly number[]): number | null {
  return medianOf(mine.slice(0, others.length).map((time, round) => time / others[round]));
}

/** Null of nothing. */
export function medianOf(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? sorted[Math.floor(middle)]
    : (sorted[middle - 1] + sorted[middle]) / 2;
}
