import type { DataSet } from '../data/image-set.js';
import { UserError } from '../errors.js';
import type { RunModels } from '../runs/run-models.js';
import { realImages, type Hearing } from '../library/labelled.js';
import type { Console } from '../cli/console.js';
import { progressOn, sayRemarks, type GivenImages } from '../cli/images.js';

/** The real images to go with a run: those that it was trained on, wherever they are by now. */
export async function imagesToJudgeBy(
  found: RunModels,
  { data }: Pick<GivenImages, 'data'>,
  console: Console,
): Promise<DataSet> {
  const images = await realImages(found, data, progressOn(console));
  sayRemarks(images, console);
  return images;
}

/** How a command says that a classifier is training. */
export const hearing = (console: Console): Hearing => ({
  say: (message) => console.tell(message),
  warn: (message) => console.warn(message),
  watcher: { step: ({ step, steps }) => console.task.at('training a classifier', step, steps) },
  progress: (what, done, all) => console.task.at(what, done, all),
  signal: console.interruptions('stopping; nothing more is written'),
});

/** @throws UserError where a confidence is asked for and the labels are not the classifier's. */
export function refuseConfidence(found: RunModels, minConfidence: number | undefined): void {
  if (minConfidence === undefined || found.kind === 'all-digits') return;
  throw new UserError(
    `--min-confidence: found it with the run ${found.run}, whose models were each trained on one digit, which is the label; expected a run of all digits`,
  );
}
