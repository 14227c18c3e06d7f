import { join, resolve } from 'node:path';
import { UserError } from '../errors.js';
import { namedWeights } from '../gan/gan.js';
import { averageName } from '../gan/weight-average.js';
import { checkOwnFiles } from '../runs/own-files.js';
import { restoreNewest } from '../runs/checkpoint.js';
import type { RunDescription } from '../runs/run-description.js';
import { RUN_FILES } from '../runs/run-folder.js';
import type { Trainer } from './trainer.js';

/**
 * Gives a trainer at its first step the weights of another run's newest whole checkpoint, and their averages where both keep them.
 * What the optimizers keep starts anew.
 *
 * @param warn told of damaged checkpoints.
 * @returns what the new run's description says of it.
 * @throws UserError where there is no whole checkpoint, or its networks are others.
 */
export function beginWith(
  run: string,
  trainer: Trainer,
  warn: (message: string) => void,
): NonNullable<RunDescription['from']> {
  checkOwnFiles(run);
  const names = [...namedWeights(trainer.gan).values()];
  const checkpoints = join(run, RUN_FILES.checkpoints);
  const { position, epochs, state } = restoreNewest(checkpoints, () => {}, warn);
  const own = trainer.readState();
  for (const name of names) {
    const [found, expected] = [state.get(name), own.get(name)!];
    if (found?.length !== expected.length)
      throw new UserError(
        `--from: the networks of ${run} are others, expected those of the new run (${name}: found ${found?.length ?? 'no'} numbers, expected ${expected.length})`,
      );
    own.set(name, found);
    const average = averageName(name);
    if (own.has(average)) own.set(average, state.get(average) ?? found);
  }
  trainer.writeState(own);
  return { run: resolve(run), epochs, step: position.step };
}
