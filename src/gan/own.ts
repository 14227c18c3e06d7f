import { UserError } from '../errors.js';
import type { OwnNetworks } from './build.js';
import type { Gan } from './gan.js';
import type { GanLoss } from './losses.js';
import type { RunOptions } from './options.js';
import type { GanStep } from './step.js';

/** Parts of a run that a script gives: the others are those that the options name. */
export interface OwnParts {
  readonly networks?: OwnNetworks;
  readonly loss?: GanLoss;
  /**
   * Both updates. Inputs as of `ganStep`, which it may build on; it moves the GAN's variables and names all that it moves. What it
   * returns is logged.
   */
  readonly step?: (gan: Gan, options: RunOptions) => GanStep;
}

/** As options.json names them. */
export const OWN_PART_NAMES = ['generator', 'discriminator', 'loss', 'step'] as const;
export type OwnPartName = (typeof OWN_PART_NAMES)[number];

/** The names of the parts that are a script's. */
export function ownPartNames({ networks = {}, loss, step }: OwnParts): OwnPartName[] {
  const given = { ...networks, loss, step };
  return OWN_PART_NAMES.filter((name) => given[name] !== undefined);
}

/**
 * @param expected what the run began with.
 * @param where the run, named in the error.
 * @throws UserError where a run is gone on with and a part that is a script's is missing, or another one is there.
 */
export function checkOwnParts(
  expected: readonly OwnPartName[],
  own: OwnParts,
  where: string,
): void {
  const found = ownPartNames(own);
  const missing = expected.filter((name) => !found.includes(name));
  if (missing.length > 0)
    throw new UserError(
      `${where} was begun by a script with its own ${missing.join(', ')}, which only that script has: expected it to call resume({ run, ${parametersOf(missing)} })`,
    );
  const other = found.find((name) => !expected.includes(name));
  if (other !== undefined)
    throw new UserError(
      `${where}: found a ${other} of your own, expected the run's own option: it was begun without`,
    );
}

/**
 * @param own parts of a run that is to be looked at without its script.
 * @throws UserError where there is any.
 */
export function refuseOwnParts(own: readonly OwnPartName[] = [], where: string): void {
  if (own.length > 0)
    throw new UserError(
      `${where} has a ${own.join(', ')} of a script's own, expected a run of gan-mnist's networks, loss and step`,
    );
}

/** Under which names the library takes the parts. */
const parametersOf = (names: readonly OwnPartName[]): string =>
  [...new Set(names.map((name) => (name.endsWith('or') ? 'networks' : name)))].join(', ');
