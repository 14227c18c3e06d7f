import { evenCounts, parseCounts } from '../datasets/counts.js';
import { sumOf, type Counts, type Format } from '../datasets/format.js';
import type { Manifest, StackedManifest } from '../datasets/manifest.js';
import { writeStacked } from '../datasets/write-dataset.js';
import { labelledData } from '../data/image-set.js';
import { loadMnist } from '../data/mnist.js';
import { checkOutput } from '../datasets/output-folder.js';
import { UserError } from '../errors.js';
import { defaultLatentScale } from '../labelled/latent-stream.js';
import { findModels, type RunModels } from '../runs/run-models.js';
import { keeping, writeSetOf } from '../library/labelled.js';
import { flagOf, type OptionsOf } from '../options.js';
import { loadChosen } from '../cli/chosen-backend.js';
import { OUTPUTS } from '../cli/common-options.js';
import type { Console } from '../cli/console.js';
import { checkFolderOut } from '../cli/picture-out.js';
import { hearing, imagesToJudgeBy, refuseConfidence } from './labeller.js';
import { DATASET_OPTIONS } from '../cli/set-options.js';
import { warnOfUnfinished } from './unfinished.js';

type Given = Partial<OptionsOf<typeof DATASET_OPTIONS>>;

/** `gan-mnist dataset`. */
export async function runDataset(given: Given, console: Console): Promise<void> {
  const out = given.out ?? DATASET_OPTIONS.out.default;
  const format = given.format ?? DATASET_OPTIONS.format.default;
  const seed = given.seed ?? DATASET_OPTIONS.seed.default;
  const force = given.force ?? false;
  if (given.stack !== undefined) return stack({ out, format, seed, force }, given, console);
  const found = findModels(OUTPUTS, given.run);
  const { classes } = found.images;
  if (classes.length === 0)
    throw new UserError(
      `the run ${found.run} was trained on images without labels, expected a run on images of classes: gan-mnist sample draws its images`,
    );
  const counts = countsOf(given, classes);
  checkModels(found, counts, given);
  checkFolderOut(out);
  checkOutput(out, force);
  warnOfUnfinished(found, console, (digit) => counts[digit] > 0);
  const backend = await loadChosen(given, console);
  const manifest = await writeSetOf(found, backend, {
    ...{ out, force, format, counts, seed },
    latentScale: given.latentScale ?? defaultLatentScale(found),
    minConfidence: given.minConfidence ?? DATASET_OPTIONS.minConfidence.default,
    labelling: async () => ({
      ...keeping(backend, hearing(console)),
      mnist: labelledData(
        await imagesToJudgeBy(found, { data: given.data }, console),
        'a classifier',
      ),
    }),
    progress: (written, all) => console.task.at('drawing images', written, all),
    signal: console.interruptions('stopping; nothing more is written'),
  });
  console.emit({ event: 'done', command: 'dataset', out, ...manifest });
  console.tell(summary(manifest));
  console.wrote('data set', out);
}

/** What has no meaning for images that no model makes. */
const OF_MODELS = [
  'run',
  'perDigit',
  'counts',
  'latentScale',
  'minConfidence',
  'data',
  'backend',
  'threads',
] as const satisfies (keyof Given)[];

/** Stacked MNIST, of MNIST's own images. */
async function stack(
  request: { out: string; format: Format; seed: number; force: boolean },
  given: Given,
  console: Console,
): Promise<void> {
  const other = OF_MODELS.find((name) => given[name] !== undefined);
  if (other !== undefined)
    throw new UserError(
      `${flagOf(other)}: found it with --stack, which draws from MNIST's own images and needs no run, expected one of them`,
    );
  const { out, force } = request;
  checkFolderOut(out);
  checkOutput(out, force);
  const manifest: StackedManifest = await writeStacked(loadMnist(), {
    ...request,
    progress: (written, all) => console.task.at('drawing images', written, all),
    signal: console.interruptions('stopping; nothing more is written'),
  });
  console.emit({ event: 'done', command: 'dataset', out, ...manifest });
  const { counts, classes, format } = manifest;
  console.tell(
    `${sumOf(counts.train)} training and ${sumOf(counts.test)} test images of ${classes.length} classes as ${format}, three digits of MNIST each`,
  );
  console.wrote('data set', out);
}

function countsOf({ counts, perDigit }: Given, classes: readonly string[]): Counts {
  if (counts !== undefined && perDigit !== undefined)
    throw new UserError('--counts and --per-digit: found both, expected one of them');
  return counts === undefined
    ? evenCounts(perDigit ?? DATASET_OPTIONS.perDigit.default, classes)
    : parseCounts(counts, classes);
}

/** Before anything that takes long: whether the models can make those digits. */
function checkModels(found: RunModels, counts: Counts, given: Given): void {
  refuseConfidence(found, given.minConfidence);
  if (found.kind === 'all-digits') return;
  const missing = counts.flatMap((count, digit) =>
    count > 0 && !found.folders.has(digit) ? [digit] : [],
  );
  if (missing.length > 0) {
    const there = [...found.folders.keys()];
    throw new UserError(
      `${given.counts === undefined ? '--per-digit' : '--counts'}: the run ${found.run} has no model of ${missing.join(', ')}, expected digits of ${there.join(', ')}, as in --counts ${there[0]}:6000`,
    );
  }
}

function summary({ format, counts, labels, run }: Omit<Manifest, 'kind'>): string {
  const origin =
    labels.source === 'model'
      ? 'labels: the classes that the models were asked for or trained on'
      : `labels: by the classifier (${(100 * labels.testAccuracy).toFixed(2)}% right on real images), at least ${labels.minConfidence} sure; ${(100 * labels.rejectedShare).toFixed(1)}% of ${labels.drawn} rejected`;
  return `${sumOf(counts.train)} training and ${sumOf(counts.test)} test images of ${run} as ${format}; ${origin}`;
}
