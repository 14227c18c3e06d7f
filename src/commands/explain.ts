import { defaultThreads } from '../backends/index.js';
import { loadChosen } from '../cli/chosen-backend.js';
import { OUTPUTS } from '../cli/common-options.js';
import type { Console } from '../cli/console.js';
import type { EXPLAIN_OPTIONS } from '../cli/train-options.js';
import type { ImageKind } from '../data/image-set.js';
import { MNIST_LIKE } from '../data/known-set.js';
import { UserError } from '../errors.js';
import { explain } from '../explain/explain.js';
import { EXPLAINED_PHASES } from '../explain/phases.js';
import { summaryText } from '../explain/summary.js';
import { wrapLines } from '../explain/wrap.js';
import { runOptions, type RunOptions } from '../gan/options.js';
import { refuseOwnParts } from '../gan/own.js';
import { runStep } from '../gan/run-step.js';
import type { OptionsOf } from '../options.js';
import { nameOfRun, PACKAGED } from '../runs/packaged.js';
import { readRunDescription } from '../runs/run-description.js';
import { listRuns } from '../runs/run-folder.js';
import { findRun } from '../runs/find-run.js';
import { refuseSweep } from '../runs/sweep.js';
import { threadsText } from './train-given.js';

type Given = Partial<OptionsOf<typeof EXPLAIN_OPTIONS>>;

/** Where lines are broken that go to no terminal. */
const PAGE_COLUMNS = 80;

/** The step that is explained. */
interface Explained {
  /** The run whose step it is, as the user names it. */
  readonly run?: string;
  readonly options: RunOptions;
  readonly images: ImageKind;
  /** What the run was trained with. */
  readonly backend?: string;
  readonly threads?: number;
}

/** `gan-mnist explain`. */
export async function runExplain(
  given: Given,
  console: Console,
  [named]: readonly string[],
): Promise<void> {
  const chosen = choose(given, named);
  const backend = await loadChosen({ ...chosen, ...given }, console);
  const { step, inputs, variables } = runStep(chosen.options, chosen.images);
  const explanation = await explain(step, backend, { inputs, variables });
  const { phases, rewrites, slower } = explanation;
  const { model, batchSize } = chosen.options;
  const text = given.phase === undefined ? undefined : await explanation.text(given.phase);
  if (console.json) {
    console.emit({
      event: 'done',
      command: 'explain',
      ...(chosen.run !== undefined && { run: chosen.run }),
      model,
      backend: backend.name,
      library: backend.library,
      threads: backend.threads,
      ...{ phases, rewrites, slower, ...(await explanation.times()) },
      ...(text !== undefined && { text }),
    });
    return;
  }
  const width = console.stdout.columns ?? PAGE_COLUMNS;
  const summary = async (): Promise<string> => {
    const what = chosen.run === undefined ? `--model ${model}` : chosen.run;
    const title = `the training step of ${what} (${model}, batch of ${batchSize}), compiled for ${backend.name}: ${backend.library}, ${threadsText(backend.threads)}`;
    return `${title}\n\n${summaryText(explanation, await explanation.times())}\n\n${MORE}`;
  };
  console.say(wrapLines(text ?? (await summary()), width));
}

const MORE = `All that a phase made: --phase ${EXPLAINED_PHASES.join(' | ')}`;

/** @throws UserError where both a run and a model are named, or there is no such run. */
function choose({ model }: Given, named: string | undefined): Explained {
  if (model !== undefined) {
    if (named !== undefined)
      throw new UserError(`--model and RUN (${named}): found both, expected one of them`);
    return { options: runOptions({ model }), images: MNIST_LIKE };
  }
  // Right after the install there is no run yet: then it is the one whose generator is in the package.
  const isFirst = named === undefined && listRuns(OUTPUTS).length === 0;
  const run = findRun(OUTPUTS, isFirst ? PACKAGED : named, 'RUN');
  refuseSweep(run, 'RUN: ');
  const { options, own, data, backend } = readRunDescription(run);
  refuseOwnParts(own, run);
  const here = nameOfRun(run) === PACKAGED ? {} : { backend: backend.name };
  const threads = Math.min(backend.threads, defaultThreads());
  return { run: nameOfRun(run), options, images: data, ...here, threads };
}
