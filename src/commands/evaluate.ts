import { GateFailed } from '../errors.js';
import { placeFor } from '../files/place.js';
import { parseRequirements, unmet } from '../evaluation/figures.js';
import { defaultLatentScale } from '../labelled/latent-stream.js';
import { findModels } from '../runs/run-models.js';
import { evaluationOptions } from '../evaluation/evaluation.js';
import { evaluateRun } from '../library/evaluate.js';
import { keeping } from '../library/labelled.js';
import type { OptionsOf } from '../options.js';
import { nameOfRun, placeOfRun } from '../runs/packaged.js';
import { loadChosen } from '../cli/chosen-backend.js';
import { OUTPUTS } from '../cli/common-options.js';
import type { Console } from '../cli/console.js';
import { verdictLines } from '../cli/shown.js';
import { checkFolderOut } from '../cli/picture-out.js';
import { evaluationTable, figuresTable } from './evaluation-table.js';
import { hearing, imagesToJudgeBy, refuseConfidence } from './labeller.js';
import type { EVALUATE_OPTIONS } from '../cli/set-options.js';
import { warnOfUnfinished } from './unfinished.js';

/** `gan-mnist evaluate`. */
export async function runEvaluate(
  { require: required, ...given }: Partial<OptionsOf<typeof EVALUATE_OPTIONS>>,
  console: Console,
): Promise<void> {
  const requirements = required === undefined ? [] : parseRequirements(required);
  const found = findModels(OUTPUTS, given.run);
  refuseConfidence(found, given.minConfidence);
  warnOfUnfinished(found, console);
  checkFolderOut(given.out);
  const into = placeFor(placeOfRun(found.run, OUTPUTS), given.out, (message) =>
    console.warn(message),
  );
  const data = await imagesToJudgeBy(found, { data: given.data }, console);
  const backend = await loadChosen(given, console);
  const latentScale = given.latentScale ?? defaultLatentScale(found);
  const options = evaluationOptions(given);
  console.tell(
    `evaluating ${nameOfRun(found.run)} with ${backend.library}, seed ${options.seed}${latentScale === 1 ? '' : `, z times ${latentScale}`}`,
  );
  const { evaluation, made, files, report } = await evaluateRun(
    found,
    { options, latentScale, into },
    {
      ...keeping(backend, hearing(console)),
      data,
      judged: (figures, verdict, isAll) => {
        console.say(`${verdictLines(verdict, console)}\n`);
        if (!isAll) console.say(`${figuresTable(figures, console.lineWidth)}\n`);
      },
    },
  );
  console.say(evaluationTable(evaluation, console.lineWidth));
  const [file, ...pictures] = files;
  const missed = unmet(evaluation.figures, requirements);
  console.emit({
    event: 'done',
    command: 'evaluate',
    file,
    pictures,
    unmet: missed,
    ...(report !== undefined && { report }),
    ...made,
    ...evaluation,
  });
  console.wrote('evaluation', file);
  for (const picture of pictures) console.wrote('picture', picture);
  if (report !== undefined) console.wrote('report', report);
  if (missed.length > 0) throw new GateFailed(`--require: ${missed.join('; ')}`);
}
