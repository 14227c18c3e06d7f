import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UserError } from '../errors.js';
import { explainFileError } from '../files.js';
import { parseLog, type LogRow } from '../training/log.js';
import { readRunDescription, type RunDescription } from '../training/run-description.js';
import { RUN_FILES, sampleFile } from '../training/run-folder.js';

/** What a run's folder says, as pages show it. */
export interface RunData {
  readonly folder: string;
  /** The folder's own name, as 00003-dense. */
  readonly name: string;
  readonly description: RunDescription;
  /** At least one. */
  readonly rows: readonly LogRow[];
}

/**
 * Reads a run for a page.
 *
 * @param warn told of lines of the log that are damaged and were skipped.
 * @throws UserError where the folder is no run, or one without a finished epoch.
 */
export function readRun(folder: string, warn: (message: string) => void): RunData {
  const description = readRunDescription(folder);
  const { rows, damaged } = readLog(folder);
  if (damaged.length > 0) warn(damagedText(folder, damaged));
  if (rows.length === 0)
    throw new UserError(
      `${folder} has no finished epoch yet, expected at least one line in ${RUN_FILES.log}: train it on with gan-mnist train --resume, or follow it with gan-mnist watch`,
    );
  return { folder, name: nameOf(folder), description, rows };
}

/** The log of a run; without one, no rows. */
export function readLog(folder: string): { rows: LogRow[]; damaged: number[] } {
  const path = join(folder, RUN_FILES.log);
  try {
    return parseLog(existsSync(path) ? readFileSync(path, 'utf8') : '');
  } catch (error) {
    throw explainFileError(error, 'read', path);
  }
}

export function damagedText(folder: string, damaged: readonly number[]): string {
  const [word, verb] = damaged.length === 1 ? ['line', 'is'] : ['lines', 'are'];
  return `${join(folder, RUN_FILES.log)}: ${word} ${damaged.join(', ')} ${verb} damaged and ${verb} skipped`;
}

/** The epochs of which the folder has a grid of samples. */
export function sampledEpochs(folder: string, rows: readonly LogRow[]): number[] {
  return rows
    .map((row) => row.epoch)
    .filter((epoch) => existsSync(join(folder, sampleFile(epoch))));
}

/** The last part of the folder's path, also of "." or of a link. */
export const nameOf = (folder: string): string => basename(resolve(folder));
