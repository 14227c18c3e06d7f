import { drawFolder } from '../drawings/drawings.js';
import { UserError } from '../errors.js';
import { RUN_OPTIONS, type RunOptions } from '../gan/options.js';
import { LABELLED_OPTIONS } from '../labelled/option-table.js';
import { completeOptions, refuseOthers, SEEDS, type OptionTable } from '../options.js';
import { loadGenerator, type Generator } from '../runs/generator.js';
import type { LogRow } from '../runs/log.js';
import { readLog, readRun } from '../runs/run-data.js';
import { readRunDescription, type RunDescription } from '../runs/run-description.js';
import { findRun } from '../runs/find-run.js';
import { backendOf, COMPUTE, OUTPUTS, without, type ComputeOptions } from './session.js';

/** Where a run is. */
export interface RunPlace {
  /** Its folder, or its name among those of `outputs`; the newest by default. */
  readonly run?: string;
  readonly outputs?: string;
}

export interface GenerateOptions extends ComputeOptions {
  /** Of z; 1 by default. */
  readonly seed?: number;
  /** The digit that is asked for, of a model that can be asked. */
  readonly digit?: number;
  /** Factor of z: above 1 images are more diverse, below 1 more typical. */
  readonly latentScale?: number;
}

const PLACE: Readonly<Record<keyof RunPlace, true>> = { run: true, outputs: true };

/** A run's folder. */
export interface OpenedRun {
  readonly folder: string;
  readonly options: RunOptions;
  readonly description: RunDescription;
  /** The epochs of its log. */
  readonly rows: readonly LogRow[];
  /**
   * Images of its generator.
   *
   * @returns [count, pixels] in [-1, 1].
   * @throws UserError where the model is damaged, or cannot be asked for a digit.
   */
  generate(count: number, options?: GenerateOptions): Promise<Float32Array>;
}

const GENERATE_OPTIONS = {
  count: { kind: 'integer', min: 1, max: 1_000_000, help: 'images' },
  seed: { kind: 'integer', ...SEEDS, default: 1, help: 'of z' },
  digit: RUN_OPTIONS.digit,
  latentScale: { ...LABELLED_OPTIONS.latentScale, default: 1 },
} as const satisfies OptionTable;

function checkDigit(digit: number, { classes }: Generator, folder: string): void {
  if (classes === 0)
    throw new UserError(
      `generate: found digit ${digit}, expected none: the model of ${folder} cannot be asked for digits`,
    );
  if (digit >= classes)
    throw new UserError(
      `generate: found digit ${digit}, expected a class of ${folder}, from 0 to ${classes - 1}`,
    );
}

/**
 * Opens a run.
 *
 * @throws UserError where there is none, or it is a sweep.
 */
export async function openRun(place: RunPlace = {}): Promise<OpenedRun> {
  refuseOthers(place, PLACE, 'openRun');
  const folder = findRun(place.outputs ?? OUTPUTS, place.run, 'run');
  const description = readRunDescription(folder);
  return {
    folder,
    description,
    options: description.options,
    rows: readLog(folder).rows,
    generate: async (count, options = {}) => {
      const { seed, digit, latentScale } = completeOptions(
        GENERATE_OPTIONS,
        { count, ...without(options, COMPUTE) },
        'generate',
      );
      const generator = await loadGenerator(folder, await backendOf(options), latentScale);
      try {
        if (digit !== undefined) checkDigit(digit, generator, folder);
        return await generator.generate(count, seed, digit);
      } finally {
        await generator.dispose();
      }
    },
  };
}

/**
 * Draws a run's pictures and its report anew, or the report of a sweep.
 *
 * @param warn told of lines of the log that are damaged.
 * @returns the paths written, the report's last.
 * @throws UserError where there is no such run, or none with a finished epoch.
 */
export async function report(
  place: RunPlace & { readonly warn?: (message: string) => void } = {},
): Promise<string[]> {
  refuseOthers(place, { ...PLACE, warn: true }, 'report');
  const folder = findRun(place.outputs ?? OUTPUTS, place.run, 'run');
  return drawFolder(readRun(folder, place.warn ?? (() => {})));
}
