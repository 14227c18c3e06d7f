import { dirname, join } from 'node:path';
import { makeFolder } from '../files/folders.js';
import { writeFileWhole } from '../files/replace.js';
import { drawConfusionPng } from './confusion-png.js';
import { gridImage } from '../images/grid.js';
import { encodePng } from '../images/png.js';
import { RUN_FILES } from '../runs/run-folder.js';
import type { Evaluated, Evaluation } from './evaluation.js';
import type { NearestPairs } from './nearest-pairs.js';

/** A confusion matrix of more is larger than people look at. */
const MOST_CLASSES = 40;

/**
 * Writes `evaluation/evaluation.json`, the confusion matrices and the generated images nearest to training images, in a row with
 * those below them, as PNG into a run's folder, the JSON last.
 *
 * @param run the run's folder, or another for its results.
 * @param made names the run, the digests of its models, the factor of each z, and the one that images of the run are drawn with unless
 * another is asked for.
 * @returns the paths.
 */
export async function writeEvaluation(
  run: string,
  { evaluation, nearest }: Evaluated,
  made: {
    readonly run: string;
    readonly models: Readonly<Record<string, string>>;
    readonly latentScale: number;
    readonly usualLatentScale: number;
  },
): Promise<string[]> {
  const json = join(run, RUN_FILES.evaluation);
  const folder = dirname(json);
  makeFolder(folder);
  const paths: string[] = [];
  const pictures = [
    ...(await confusionPngs(evaluation)),
    ...(nearest === undefined ? [] : [nearestPng(nearest)]),
  ];
  for (const { name, png } of pictures) {
    paths.push(join(folder, name));
    writeFileWhole(paths.at(-1)!, png);
  }
  writeFileWhole(json, `${JSON.stringify({ ...made, ...evaluation }, undefined, 2)}\n`);
  return [json, ...paths];
}

async function confusionPngs(evaluation: Evaluation): Promise<{ name: string; png: Uint8Array }[]> {
  const { usefulness } = evaluation;
  if ('unavailable' in usefulness || evaluation.data.classes.length > MOST_CLASSES) return [];
  const percent = (share: number): string => `${(100 * share).toFixed(2)}%`;
  const { tstr, baseline, trts } = usefulness;
  const drawings = [
    ['tstr', `Trained on synthetic, tested on real: ${percent(tstr.accuracy)}`, tstr],
    ['baseline', `Trained on real, tested on real: ${percent(baseline.accuracy)}`, baseline],
    ['trts', `Trained on real, tested on synthetic: ${percent(trts.accuracy)}`, trts],
  ] as const;
  const files = drawings.map(async ([name, title, { confusion }]) => ({
    name: `confusion-${name}.png`,
    png: await drawConfusionPng(confusion, {
      title,
      rows: name === 'trts' ? 'label of the synthetic image' : 'class of the real image',
      classes: evaluation.data.classes,
      columns: 'taken for',
    }),
  }));
  return Promise.all(files);
}

/** Generated images nearest to a training image from left to right, that image below each. */
function nearestPng({ shape, generated, training, distances }: NearestPairs): {
  name: string;
  png: Uint8Array;
} {
  const both = new Uint8Array(generated.length + training.length);
  both.set(generated);
  both.set(training, generated.length);
  return { name: 'nearest.png', png: encodePng(gridImage(both, shape, distances.length)) };
}
