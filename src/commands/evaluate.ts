import { drawFolder } from '../drawings/drawings.js';
import { GateFailed, UserError } from '../errors.js';
import { placeFor } from '../files/place.js';
import { evaluateModels, EVALUATION_DEFAULTS } from '../evaluation/evaluate.js';
import { parseRequirements, unmet } from '../evaluation/figures.js';
import { writeEvaluation } from '../evaluation/files.js';
import { evaluationTable, figuresTable } from '../evaluation/table.js';
import { verdictText } from '../evaluation/verdict-text.js';
import { disposeModels, loadModels, modelDigests } from '../labelled/models.js';
import { defaultLatentScale } from '../labelled/latent-scale.js';
import { findModels } from '../labelled/run-models.js';
import type { OptionsOf } from '../options.js';
import { nameOfRun, PACKAGED_RUN, placeOfRun } from '../runs/packaged.js';
import { readRun } from '../runs/run-data.js';
import { loadChosen } from '../cli/chosen-backend.js';
import { OUTPUTS } from '../cli/common-options.js';
import type { Console } from '../cli/console.js';
import { keeping, realDigits, refuseConfidence, refuseJsonAndQuiet } from './labeller.js';
import type { EVALUATE_OPTIONS } from '../cli/option-tables.js';
import { warnOfUnfinished } from './unfinished.js';

/** `gan-mnist evaluate`. */
export async function runEvaluate(
  { require: required, ...given }: Partial<OptionsOf<typeof EVALUATE_OPTIONS>>,
  console: Console,
): Promise<void> {
  refuseJsonAndQuiet(console);
  const requirements = required === undefined ? [] : parseRequirements(required);
  const found = findModels(OUTPUTS, given.run);
  refuseConfidence(found, given.minConfidence);
  warnOfUnfinished(found, console);
  const into = placeFor(placeOfRun(found.run, OUTPUTS), given.out, (message) =>
    console.warn(message),
  );
  const mnist = await realDigits(found, { data: given.data }, console);
  const backend = await loadChosen(given, console);
  const latentScale = given.latentScale ?? defaultLatentScale(found);
  const models = await loadModels(found, backend, latentScale);
  const options = {
    perDigit: given.perDigit ?? EVALUATION_DEFAULTS.perDigit,
    images: given.images ?? EVALUATION_DEFAULTS.images,
    epochs: given.epochs ?? EVALUATION_DEFAULTS.epochs,
    minConfidence: given.minConfidence ?? EVALUATION_DEFAULTS.minConfidence,
    seed: given.seed ?? EVALUATION_DEFAULTS.seed,
    repeats: given.repeats ?? EVALUATION_DEFAULTS.repeats,
    quick: given.quick ?? EVALUATION_DEFAULTS.quick,
    secondJudge: given.secondJudge ?? EVALUATION_DEFAULTS.secondJudge,
  };
  try {
    console.say(
      `evaluating ${nameOfRun(found.run)} with ${backend.library}, seed ${options.seed}${latentScale === 1 ? '' : `, z times ${latentScale}`}`,
    );
    const evaluated = await evaluateModels(models, options, {
      ...keeping(found, mnist, backend, console),
      judged: (figures, verdict) => {
        console.say(`${verdictText(verdict)}\n`);
        if (!options.quick) console.say(`${figuresTable(figures)}\n`);
      },
    });
    const { evaluation } = evaluated;
    const made = { run: nameOfRun(found.run), models: modelDigests(found), latentScale };
    console.say(evaluationTable(evaluation));
    const [json, ...pictures] = await writeEvaluation(into, evaluated, made);
    const report =
      found.run === PACKAGED_RUN ? undefined : await drawAgain(found.run, into, console);
    const missed = unmet(evaluation.figures, requirements);
    console.emit({
      event: 'done',
      command: 'evaluate',
      file: json,
      pictures,
      unmet: missed,
      ...(report && { report }),
      ...made,
      ...evaluation,
    });
    console.wrote('evaluation', json);
    for (const picture of pictures) console.wrote('picture', picture);
    if (report !== undefined) console.wrote('report', report);
    if (missed.length > 0) throw new GateFailed(`--require: ${missed.join('; ')}`);
  } finally {
    await disposeModels(models);
  }
}

/** Draws the run's report with the evaluation in it; a run without a finished epoch has none, which is said. */
async function drawAgain(
  folder: string,
  into: string,
  console: Console,
): Promise<string | undefined> {
  try {
    const run = readRun(folder, (message) => console.warn(message));
    return (await drawFolder(run, into)).at(-1);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.warn(`no report: ${error.message}`);
    return undefined;
  }
}
