import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BACKEND_NAMES } from '../backends/backend.js';
import type { ImageShape } from '../data/image-set.js';
import type { LoadOptions } from '../data/read-options.js';
import { isNames, isShape, MNIST_LIKE } from '../data/known-set.js';
import { UserError } from '../errors.js';
import { readText } from '../files/read.js';
import { checkOwnFiles } from './own-files.js';
import { savedOptions, type RunOptions } from '../gan/options.js';
import { RUN_FILES } from './run-folder.js';
import { refuseSweep } from './sweep.js';

/** What options.json says: all that a run is a function of, and what made it. */
export interface RunDescription {
  readonly options: RunOptions;
  readonly backend: {
    readonly name: string;
    readonly library: string;
    readonly threads: number;
    /** Where products are computed by fused multiply-adds: the bits of one. */
    readonly fusedMultiplyAdd?: string;
  };
  readonly data: {
    /** The user's folder; absent for the npm package. */
    readonly folder?: string;
    readonly source: string;
    /** SHA-256 of each part as an IDX file, by its name. */
    readonly digests: Readonly<Record<string, string>>;
    /** Of an image. */
    readonly shape: ImageShape;
    /** Names of the classes; none where the images have no labels. */
    readonly classes: readonly string[];
    /** How the images are read, so that the same come again. */
    readonly reading?: LoadOptions;
  };
  readonly checkpointEvery: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly createdAt: string;
}

/**
 * Reads a run's options.json.
 *
 * @throws UserError where it is missing, is not JSON, or says what no run can have; where the folder has links out of it.
 */
export function readRunDescription(folder: string): RunDescription {
  refuseSweep(folder);
  const path = join(folder, RUN_FILES.options);
  if (existsSync(folder)) checkOwnFiles(folder);
  return parseRunDescription(readText(path), path);
}

/** @param where named in the error. */
export function parseRunDescription(text: string, where: string): RunDescription {
  const refuse = (found: string): never => {
    throw new UserError(
      `${where}: found ${found}, expected the description of a run, as gan-mnist train writes it`,
    );
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('text that is not JSON');
  }
  if (!isRecord(value)) return refuse('JSON that is not an object');
  const { options, backend, data, checkpointEvery, versions, createdAt } = value;
  if (!isRecord(options)) return refuse('no options');
  if (!isBackend(backend)) return refuse('no backend');
  if (!isData(data)) return refuse('no data set');
  if (!isWhole(checkpointEvery, 1_000_000)) return refuse('no checkpointEvery');
  if (!isRecord(versions) || typeof createdAt !== 'string') return refuse('no versions and date');
  return {
    options: savedOptions(options, where),
    backend,
    // A run from before these were written was trained on digits.
    data: { ...MNIST_LIKE, ...data },
    checkpointEvery,
    versions: versions as RunDescription['versions'],
    createdAt,
  };
}

function isBackend(value: unknown): value is RunDescription['backend'] {
  return (
    isRecord(value) &&
    BACKEND_NAMES.some((name) => name === value.name) &&
    typeof value.library === 'string' &&
    isWhole(value.threads, 1024) &&
    (value.fusedMultiplyAdd === undefined || typeof value.fusedMultiplyAdd === 'string')
  );
}

function isData(
  value: unknown,
): value is Omit<RunDescription['data'], 'shape' | 'classes'> & Partial<RunDescription['data']> {
  return (
    isRecord(value) &&
    (value.folder === undefined || isPath(value.folder)) &&
    typeof value.source === 'string' &&
    isRecord(value.digests) &&
    Object.values(value.digests).length > 0 &&
    Object.values(value.digests).every((digest) => typeof digest === 'string') &&
    (value.shape === undefined || isShape(value.shape)) &&
    (value.classes === undefined || isNames(value.classes)) &&
    (value.reading === undefined || isReading(value.reading))
  );
}

function isReading(value: unknown): value is LoadOptions {
  if (!isRecord(value)) return false;
  const { size, color, testShare, skipBad, seed } = value;
  return (
    (size === undefined || isWhole(size, 4096)) &&
    (color === undefined || color === 'gray' || color === 'rgb') &&
    (testShare === undefined ||
      (typeof testShare === 'number' && testShare > 0 && testShare < 1)) &&
    (skipBad === undefined || typeof skipBad === 'boolean') &&
    (seed === undefined || (Number.isSafeInteger(seed) && (seed as number) >= 0))
  );
}

const isPath = (value: unknown): boolean => typeof value === 'string' && !value.includes('\0');

const isWhole = (value: unknown, max: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= max;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
