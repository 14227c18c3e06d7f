import { dirname, join } from 'node:path';
import type { Backend } from '../backends/index.js';
import { labelledData, type LabelledDataSet } from '../data/image-set.js';
import { UserError } from '../errors.js';
import type { KeepContext } from '../classifier/kept.js';
import type { RunModels } from '../labelled/run-models.js';
import { placeOfRun } from '../runs/packaged.js';
import { OUTPUTS } from '../cli/common-options.js';
import type { Console } from '../cli/console.js';
import { loadAgain, type GivenImages } from '../cli/images.js';

/** Beside the runs: the folder of classifiers of data that the package has none of. */
const KEPT_CLASSIFIERS = 'classifiers';

/** The real digits to go with a run: those that it was trained on, unless the user names others. */
export async function realDigits(
  found: RunModels,
  given: GivenImages,
  console: Console,
): Promise<LabelledDataSet> {
  const [run] = found.kind === 'all-digits' ? [found.run] : found.folders.values();
  return labelledData(await loadAgain(run, given, console), 'a classifier');
}

/** What a command needs to get a classifier for a run, and how it says that one is training. */
export function keeping(
  { run }: RunModels,
  mnist: LabelledDataSet,
  backend: Backend,
  console: Console,
): KeepContext {
  return {
    mnist,
    backend,
    keptIn: join(dirname(placeOfRun(run, OUTPUTS)), KEPT_CLASSIFIERS),
    say: (message) => console.say(message),
    warn: (message) => console.warn(message),
    watcher: {
      epochDone: ({ epoch, epochs, loss }) =>
        console.say(`  classifier: epoch ${epoch} of ${epochs}, loss ${loss.toFixed(4)}`),
    },
    signal: console.interruptions('stopping; nothing more is written'),
  };
}

/** @throws UserError where a confidence is asked for and the labels are not the classifier's. */
export function refuseConfidence(found: RunModels, minConfidence: number | undefined): void {
  if (minConfidence === undefined || found.kind === 'all-digits') return;
  throw new UserError(
    `--min-confidence: found it with the run ${found.run}, whose models were each trained on one digit, which is the label; expected a run of all digits`,
  );
}

/** @throws UserError where both ways to print were asked for. */
export function refuseJsonAndQuiet({ json, quiet }: Console): void {
  if (json && quiet) throw new UserError('--json and --quiet: found both, expected one of them');
}
