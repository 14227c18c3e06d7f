import { evaluateModels } from '../evaluation/evaluate.js';
import { writeEvaluation } from '../evaluation/files.js';
import { evaluationTable } from '../evaluation/table.js';
import { disposeModels, loadModels, modelDigests } from '../labelled/models.js';
import { defaultLatentScale } from '../labelled/latent-scale.js';
import { findModels } from '../labelled/run-models.js';
import type { OptionsOf } from '../options.js';
import { loadChosen } from '../cli/chosen-backend.js';
import { OUTPUTS } from '../cli/common-options.js';
import type { Console } from '../cli/console.js';
import { keeping, realDigits, refuseConfidence, refuseJsonAndQuiet } from './labeller.js';
import { EVALUATE_OPTIONS } from '../cli/option-tables.js';
import { warnOfUnfinished } from './unfinished.js';

/** `gan-mnist evaluate`. */
export async function runEvaluate(
  given: Partial<OptionsOf<typeof EVALUATE_OPTIONS>>,
  console: Console,
): Promise<void> {
  refuseJsonAndQuiet(console);
  const found = findModels(OUTPUTS, given.run);
  refuseConfidence(found, given.minConfidence);
  warnOfUnfinished(found, console);
  const mnist = await realDigits(found, given.data);
  const backend = await loadChosen(given, console);
  const latentScale = given.latentScale ?? defaultLatentScale(found);
  const models = await loadModels(found, backend, latentScale);
  const options = {
    perDigit: given.perDigit ?? EVALUATE_OPTIONS.perDigit.default,
    images: given.images ?? EVALUATE_OPTIONS.images.default,
    epochs: given.epochs ?? EVALUATE_OPTIONS.epochs.default,
    minConfidence: given.minConfidence ?? EVALUATE_OPTIONS.minConfidence.default,
    seed: given.seed ?? EVALUATE_OPTIONS.seed.default,
  };
  try {
    console.say(
      `evaluating ${found.run} with ${backend.library}, seed ${options.seed}${latentScale === 1 ? '' : `, z times ${latentScale}`}`,
    );
    const evaluation = await evaluateModels(
      models,
      options,
      keeping(found, mnist, backend, console),
    );
    const made = { run: found.run, models: modelDigests(found), latentScale };
    const [json, ...pictures] = await writeEvaluation(found.run, evaluation, made);
    console.emit({ file: json, pictures, ...made, ...evaluation });
    console.say(evaluationTable(evaluation));
    console.wrote('evaluation', json);
    for (const picture of pictures) console.wrote('confusion matrix', picture);
  } finally {
    await disposeModels(models);
  }
}
