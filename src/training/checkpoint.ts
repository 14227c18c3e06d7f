import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Values } from '../backends/index.js';
import { UserError } from '../errors.js';
import { explainFileError, replaceFile } from '../files.js';
import type { LogRow } from './log.js';
import { decodeTensors, encodeTensors } from './safetensors.js';
import type { Losses, Position } from './trainer.js';

/** All that a run is between two steps: what `--resume` goes on from, to the bit. */
export interface Checkpoint {
  readonly position: Position;
  /** Rows of the epochs that are finished. */
  readonly rows: readonly LogRow[];
  /** Sums of the losses over the steps of the epoch that is not, the last losses, and the seconds it has taken. */
  readonly unfinished: UnfinishedEpoch;
  /** Weights and what the optimizers keep, by name. */
  readonly state: ReadonlyMap<string, Values>;
}

export interface UnfinishedEpoch {
  readonly steps: number;
  readonly sums: Losses;
  readonly last: Losses;
  readonly seconds: number;
}

const KEPT = 2;
const KEY = 'gan-mnist';
/** The name carries the start of the file's own SHA-256: whatever changes in the file, it no longer fits its name. */
const NAME = /^step-(\d{8,})-([0-9a-f]{16})\.safetensors$/;
/** Far above any model that trains here; a file that claims more is not read into memory. */
const LARGEST_BYTES = 4 * 2 ** 30;

export function encodeCheckpoint({ state, ...rest }: Checkpoint): Uint8Array {
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
  return isPositioned(rest) ? { ...rest, state: tensors } : refuse();
}

function isPositioned(value: unknown): value is Omit<Checkpoint, 'state'> {
  const { position, rows, unfinished } = (value ?? {}) as Partial<Checkpoint>;
  const isCount = (x: unknown): boolean => Number.isSafeInteger(x) && (x as number) >= 0;
  return (
    isCount(position?.step) &&
    Array.isArray(position?.z) &&
    typeof position.batches === 'object' &&
    Array.isArray(rows) &&
    isCount(unfinished?.steps) &&
    typeof unfinished?.sums === 'object' &&
    typeof unfinished.last === 'object' &&
    typeof unfinished.seconds === 'number'
  );
}

/** Writes a checkpoint into a folder, which is there, and removes all but the newest two. Returns its path. */
export async function writeCheckpoint(folder: string, checkpoint: Checkpoint): Promise<string> {
  const bytes = encodeCheckpoint(checkpoint);
  const step = String(checkpoint.position.step).padStart(8, '0');
  const path = join(folder, `step-${step}-${digestOf(bytes)}.safetensors`);
  await replaceFile(path, bytes);
  // Another file of the same step is what was replaced just now, on a system whose results differ.
  const older = listCheckpoints(folder).filter((other) => other !== path);
  for (const old of older.slice(0, Math.max(0, older.length - KEPT + 1)))
    rmSync(old, { force: true });
  return path;
}

/**
 * Reads the newest checkpoint that is whole.
 *
 * @param warn is told of each damaged one, by name.
 * @throws UserError where there is none.
 */
export function readNewestCheckpoint(folder: string, warn: (message: string) => void): Checkpoint {
  for (const path of listCheckpoints(folder).reverse()) {
    try {
      return readCheckpoint(path);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      warn(`${error.message}; trying the one before it`);
    }
  }
  throw new UserError(
    `found no whole checkpoint in ${folder}, expected one to go on from: start a new run instead`,
  );
}

/** @throws UserError where the file is damaged or is no checkpoint. */
export function readCheckpoint(path: string): Checkpoint {
  let bytes: Uint8Array;
  try {
    const { size } = statSync(path);
    if (size > LARGEST_BYTES)
      throw new UserError(
        `${path}: found ${size} bytes, expected a checkpoint of at most ${LARGEST_BYTES}`,
      );
    bytes = readFileSync(path);
  } catch (error) {
    throw explainFileError(error, 'read', path);
  }
  const expected = NAME.exec(basename(path))?.[2];
  const found = digestOf(bytes);
  if (found !== expected)
    throw new UserError(
      `the checkpoint ${path} is damaged: its SHA-256 starts with ${found}, expected ${expected ?? 'one in its name'}`,
    );
  return decodeCheckpoint(bytes, path);
}

/** Oldest first. */
export function listCheckpoints(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => NAME.test(name));
  return names
    .sort((a, b) => Number(NAME.exec(a)![1]) - Number(NAME.exec(b)![1]))
    .map((name) => join(folder, name));
}

const digestOf = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex').slice(0, 16);
