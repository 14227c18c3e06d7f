import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DIGITS } from '../data/idx.js';
import { UserError } from '../errors.js';
import { readRunDescription } from '../training/run-description.js';
import { listRuns, RUN_FILES } from '../training/run-folder.js';

/** The trained models that a run's folder holds. */
export type RunModels =
  | { readonly kind: 'all-digits'; readonly run: string }
  /** A model a digit; digits without one are missing. */
  | {
      readonly kind: 'per-digit';
      readonly run: string;
      readonly folders: ReadonlyMap<number, string>;
    };

/**
 * What the folder of a run holds: one model of all digits, one of a single digit, or `digit-0` to `digit-9`, each a run's
 * folder itself.
 *
 * @throws UserError where the folder is none of these.
 */
export function modelsOf(run: string): RunModels {
  const folders = new Map<number, string>();
  for (let digit = 0; digit < DIGITS; digit++) {
    const folder = join(run, `digit-${digit}`);
    if (existsSync(join(folder, RUN_FILES.generatorOnnx))) folders.set(digit, folder);
  }
  if (folders.size > 0) return { kind: 'per-digit', run, folders };
  const { digit } = readRunDescription(run).options as { readonly digit?: number };
  return digit === undefined
    ? { kind: 'all-digits', run }
    : { kind: 'per-digit', run, folders: new Map([[digit, run]]) };
}

/**
 * The run that the user means: the named folder, or the newest in `outputs`.
 *
 * @throws UserError where there is none.
 */
export function findModels(outputs: string, run?: string): RunModels {
  const candidates = run === undefined ? listRuns(outputs).slice(-1) : [run, join(outputs, run)];
  const folder = candidates.find(isRun);
  if (folder === undefined)
    throw new UserError(
      run === undefined
        ? `found no run in ${outputs}, expected one made by gan-mnist train (or name one with --run)`
        : `--run: found no run in ${run}, expected a folder with ${RUN_FILES.options}, or with digit-0 to digit-9, as gan-mnist train makes it`,
    );
  return modelsOf(folder);
}

function isRun(folder: string): boolean {
  const digits = Array.from({ length: DIGITS }, (_, digit) => `digit-${digit}`);
  return ['.', ...digits].some((name) => existsSync(join(folder, name, RUN_FILES.options)));
}
