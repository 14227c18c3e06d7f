import { readRunDescription } from '../runs/run-description.js';
import type { RunModels } from '../runs/run-models.js';
import { PACKAGED_RUN } from '../runs/packaged.js';
import { readLog } from '../runs/run-data.js';
import type { Console } from '../cli/console.js';

/**
 * Warns of models whose training is not at its end: their rates have not fallen yet, so they are worse than they will be.
 *
 * @param digits those that matter, of a run with a model a digit.
 */
export function warnOfUnfinished(
  found: RunModels,
  console: Console,
  digits: (digit: number) => boolean = () => true,
): void {
  if (found.run === PACKAGED_RUN) return;
  const folders: [string, string][] =
    found.kind === 'all-digits'
      ? [['its model', found.run]]
      : [...found.folders]
          .filter(([digit]) => digits(digit))
          .map(([digit, folder]) => [`digit ${digit}`, folder]);
  const states = folders.map(([name, folder]) => ({
    name,
    planned: readRunDescription(folder).options.epochs,
    done: readLog(folder).rows.at(-1)?.epoch ?? 0,
  }));
  // A folder of ten that goes on to more epochs has runs that do not know of it yet.
  const planned = Math.max(...states.map((state) => state.planned));
  const unfinished = states.filter(({ done }) => done < planned);
  if (unfinished.length === 0) return;
  const which = unfinished.map(({ name, done }) => `${name}: ${done}`).join(', ');
  console.warn(
    `${found.run} is not trained to its end of ${planned} epochs (${which}): gan-mnist train --resume ${found.run} goes on`,
  );
}
