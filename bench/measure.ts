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
  readonly rounds: number;
  /** What the step's matrix products alone take at this batch size and these threads. */
  readonly limitMs: number | null;
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
  stepsPerRound: number;
  readonly roundMs: number[];
  note: string;
}

const MOST_STEPS_PER_ROUND = 1000;
/** A step that takes longer than this is not warmed up beyond its first run. */
const SLOW_STEP_MS = 3000;

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
      entries.push(await start(contestant, setting, peersFolder, roundSeconds));
    }
    for (let round = 1; round <= rounds; round++) {
      say(`${setting.model}, ${setting.threads} threads: round ${round} of ${rounds}`);
      for (const entry of entries) await runRound(entry);
    }
  } finally {
    for (const { worker } of entries) worker?.kill();
  }
  const limit = entries[0];
  const limitMs = medianOf(limit.roundMs);
  return entries.map((entry) => rowOf(entry, limitMs, limit.setting.batchSize));
}

async function start(
  contestant: Contestant,
  wanted: Setting,
  peersFolder: string,
  roundSeconds: number,
): Promise<Entry> {
  const batchSize = Math.min(
    wanted.batchSize,
    contestant.batchSizes?.[wanted.model] ?? wanted.batchSize,
  );
  const setting = { ...wanted, batchSize };
  const entry: Entry = { contestant, setting, stepsPerRound: 1, roundMs: [], note: '' };
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
    if (ms < SLOW_STEP_MS) {
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
  limitMs: number | null,
  limitBatchSize: number,
): Row {
  const measured = roundMs.length > 0;
  return {
    model: setting.model,
    backend: contestant.backend,
    threads: setting.threads,
    batchSize: setting.batchSize,
    units: setting.units,
    msPerStep: medianOf(roundMs),
    minMsPerStep: measured ? Math.min(...roundMs) : null,
    maxMsPerStep: measured ? Math.max(...roundMs) : null,
    rounds: roundMs.length,
    limitMs: limitMs === null ? null : (limitMs * setting.batchSize) / limitBatchSize,
    versions: worker?.library ?? '',
    note,
  };
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
