import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Values } from '../backends/index.js';
import { UserError } from '../errors.js';
import { explained, explainFileError } from '../files/explain.js';
import { syncFolder } from '../files/folders.js';
import { askGuards } from '../files/guards.js';
import { readWhole } from '../files/read.js';
import { removeFile } from '../files/remove.js';
import { replaceFile } from '../files/replace.js';
import { decodeTensors, encodeTensors } from './safetensors.js';
import type { BatchesState } from '../data/batches.js';
import type { Scalars } from '../gan/step.js';

/** Where the random streams and the pass over the images are; with the state, all that a training is at a moment. */
export interface Position {
  /** Steps done since the run began. */
  readonly step: number;
  readonly batches: BatchesState;
  readonly z: readonly number[];
  /** The stream of what the step draws itself; earlier versions' steps drew nothing. */
  readonly draws?: readonly number[];
}

/** All that a run is between two steps: what `--resume` goes on from, to the bit. */
export interface Checkpoint {
  readonly position: Position;
  /** Finished epochs; their rows are in the run's log. */
  readonly epochs: number;
  readonly unfinished: UnfinishedEpoch;
  /** Weights and what the optimizers keep, by name. */
  readonly state: ReadonlyMap<string, Values>;
}

/** What an epoch under way has come to. */
export interface UnfinishedEpoch {
  readonly steps: number;
  /** Of what the steps returned, by name; empty before the first. */
  readonly sums: Scalars;
  /** What the last step returned. */
  readonly last: Scalars;
  readonly seconds: number;
}

const KEY = 'gan-mnist';
/** The name carries the start of the file's own SHA-256: whatever changes in the file, it no longer fits its name. */
const NAME = /^step-(\d{8,})-([0-9a-f]{16})\.safetensors$/;
/** What Node.js reads of a file at once. */
const LARGEST_BYTES = 2 ** 31 - 1;

function encodeCheckpoint({ state, ...rest }: Checkpoint): Uint8Array {
  return encodeTensors(state as ReadonlyMap<string, Float32Array>, { [KEY]: JSON.stringify(rest) });
}

/**
 * @param where named in the error.
 * @throws UserError where the bytes are not a checkpoint.
 */
export function decodeCheckpoint(bytes: Uint8Array, where: string): Checkpoint {
  const { tensors, metadata } = decodeTensors(bytes, where);
  const refuse = (): never => {
    throw new UserError(
      `${where}: found safetensors without the training's position, expected a checkpoint of gan-mnist`,
    );
  };
  let rest: unknown;
  try {
    rest = JSON.parse(metadata[KEY] ?? '');
  } catch {
    refuse();
  }
  const read = positionOf(rest);
  return read === undefined ? refuse() : { ...read, state: tensors };
}

/** What checkpoints hold beside tensors. Those of gan-mnist 0.1 have the rows of the log themselves in place of their number. */
function positionOf(value: unknown): Omit<Checkpoint, 'state'> | undefined {
  const { position, rows, epochs, unfinished } = (value ?? {}) as Partial<Checkpoint> & {
    rows?: unknown;
  };
  const done = Array.isArray(rows) ? rows.length : epochs;
  const isWhole =
    isCount(done) &&
    isCount(position?.step) &&
    Array.isArray(position?.z) &&
    isRecord(position.batches) &&
    isCount(unfinished?.steps) &&
    isScalars(unfinished?.sums) &&
    isScalars(unfinished?.last) &&
    typeof unfinished?.seconds === 'number';
  return isWhole
    ? { position: position, epochs: done as number, unfinished: unfinished }
    : undefined;
}

const isCount = (x: unknown): boolean => Number.isSafeInteger(x) && (x as number) >= 0;

const isRecord = (x: unknown): x is Record<string, unknown> => typeof x === 'object' && x !== null;

const isScalars = (x: unknown): boolean =>
  isRecord(x) && Object.values(x).every((value) => typeof value === 'number');

/**
 * Writes a checkpoint into a folder, which is there, and removes those of its step or a later one. Returns its path.
 *
 * @throws UserError for one that could not be read again.
 */
export async function writeCheckpoint(folder: string, checkpoint: Checkpoint): Promise<string> {
  const bytes = encodeCheckpoint(checkpoint);
  if (bytes.length > LARGEST_BYTES)
    throw new UserError(
      `the run's checkpoint has ${bytes.length} bytes, expected at most ${LARGEST_BYTES}: take a lower --units or --latent-size`,
    );
  const { step } = checkpoint.position;
  const digits = String(step).padStart(8, '0');
  const path = join(folder, `step-${digits}-${digestOf(bytes)}.safetensors`);
  await replaceFile(path, bytes);
  // Before those that it replaces are removed.
  explained('write', path, () => syncFolder(folder));
  // They were not gone on from: they are damaged, or this is their moment again.
  for (const other of listCheckpoints(folder))
    if (other !== path && stepOf(other) >= step) remove(other);
  return path;
}

/** Removes all checkpoints but the newest and the one before it. One that somebody holds stays until the next time. */
export function removeOlder(folder: string): void {
  const failures: unknown[] = [];
  for (const path of listCheckpoints(folder).slice(0, -2)) {
    try {
      remove(path);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/**
 * Goes on from the newest checkpoint that is whole.
 *
 * @param restore takes the checkpoint; throws UserError where it does not fit.
 * @param warn is told of each damaged one, by name.
 * @throws UserError where there is none.
 */
export function restoreNewest(
  folder: string,
  restore: (checkpoint: Checkpoint) => void,
  warn: (message: string) => void,
): Checkpoint {
  for (const path of listCheckpoints(folder).reverse()) {
    try {
      const checkpoint = readCheckpoint(path);
      restore(checkpoint);
      return checkpoint;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      warn(`${path} is passed over for the checkpoint before it: ${error.message}`);
    }
  }
  throw new UserError(
    `found no whole checkpoint in ${folder}, expected one to go on from: start a new run instead`,
  );
}

/** Removes the checkpoints of later steps: they were passed over, and must not stand among those that are kept. */
export function removeLater(folder: string, { position }: Checkpoint): void {
  for (const path of listCheckpoints(folder)) if (stepOf(path) > position.step) remove(path);
}

/** @throws UserError where the file is damaged or is no checkpoint. */
export function readCheckpoint(path: string): Checkpoint {
  const bytes = readWhole(path);
  const expected = NAME.exec(basename(path))?.[2];
  const found = digestOf(bytes);
  if (found !== expected)
    throw new UserError(
      `the checkpoint ${path} is damaged: its SHA-256 starts with ${found}, expected ${expected ?? 'one in its name'}`,
    );
  return decodeCheckpoint(bytes, path);
}

/** The step of the newest checkpoint, by its name; undefined where there is none. */
export function newestStep(folder: string): number | undefined {
  const newest = listCheckpoints(folder).at(-1);
  return newest === undefined ? undefined : stepOf(newest);
}

/** Oldest first. */
export function listCheckpoints(folder: string): string[] {
  if (!existsSync(folder)) return [];
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => NAME.test(name));
  } catch (error) {
    throw explainFileError(error, 'read', folder);
  }
  return names.sort((a, b) => stepOf(a) - stepOf(b)).map((name) => join(folder, name));
}

function remove(path: string): void {
  try {
    askGuards(path);
    removeFile(path);
  } catch (error) {
    throw explainFileError(error, 'remove', path);
  }
}

const stepOf = (path: string): number => Number(NAME.exec(basename(path))![1]);

const digestOf = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex').slice(0, 16);
