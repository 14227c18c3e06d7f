import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Values } from '../backends/index.js';
import { exporter } from '../compiler/export.js';
import { IMAGE_PIXELS } from '../data/idx.js';
import { explainFileError, makeFolder, writeFileWhole } from '../files.js';
import { readWeights } from '../runs/layers-model.js';
import { buildClassifier } from './network.js';
import { writeLayersModel } from '../runs/model-files.js';
import type { ClassifierOptions } from './options.js';
import { namedClassifierWeights } from './step.js';
import { predictionStep } from './classifier.js';

/** What a classifier is a function of; its folder is named by the digest of it. */
export interface ClassifierRecipe {
  readonly options: ClassifierOptions;
  /** It was trained on so many images, the first of the training set. */
  readonly images: number;
  /** SHA-256 of each file of the data set. */
  readonly data: Readonly<Record<string, string>>;
}

/** What classifier.json says. */
export interface ClassifierDescription extends ClassifierRecipe {
  /** Share of the data set's test images that it gets right. */
  readonly testAccuracy: number;
  readonly testImages: number;
  /** Of its training. */
  readonly seconds: number;
  /** The library that trained it. */
  readonly library: string;
  /** SHA-256 of each of its files; that of weights.bin stands for the classifier. */
  readonly files: Readonly<Record<string, string>>;
}

const DESCRIPTION = 'classifier.json';
const FILES = ['model.json', 'weights.bin', 'classifier.onnx'];
/** Only the export's example: the exported model takes any number of images. */
const TRACED_BATCH = 2;

/** The folder of a classifier among the kept ones. */
export function classifierFolder(keptIn: string, recipe: ClassifierRecipe): string {
  // Another layout of the networks or files is another classifier.
  const text = JSON.stringify({ format: 1, ...recipe });
  return join(keptIn, `classifier-${sha256(text).slice(0, 12)}`);
}

/** Writes a classifier into its folder; the description last, so that where it is, the others are too. */
export async function writeClassifier(
  folder: string,
  model: LayersModel,
  description: Omit<ClassifierDescription, 'files'>,
): Promise<ClassifierDescription> {
  makeFolder(folder);
  await writeLayersModel(folder, model, (weight) => weight.dataSync<'float32'>());
  writeFileWhole(join(folder, 'classifier.onnx'), onnxOf(model));
  const files = Object.fromEntries(FILES.map((name) => [name, sha256(read(join(folder, name)))]));
  const whole = { ...description, files };
  writeFileWhole(join(folder, DESCRIPTION), `${JSON.stringify(whole, undefined, 2)}\n`);
  return whole;
}

/** A kept classifier; undefined where there is none. The reason is a text where it is there and damaged. */
export async function readClassifier(
  folder: string,
): Promise<{ model: LayersModel; description: ClassifierDescription } | string | undefined> {
  const path = join(folder, DESCRIPTION);
  if (!existsSync(path)) return undefined;
  const description = parse(read(path).toString('utf8'));
  if (description === undefined) return `${DESCRIPTION} is not what was written there`;
  for (const name of FILES) {
    const file = join(folder, name);
    if (!existsSync(file)) return `${name} is missing`;
    if (sha256(read(file)) !== description.files[name])
      return `${name} is not what was written there`;
  }
  const model = buildClassifier(description.options.seed);
  readWeights(folder, model);
  return { model, description };
}

/** The classifier as ONNX: images [n, 784] in [-1, 1] -> features [n, 128], probabilities [n, 10]. */
function onnxOf(model: LayersModel): Uint8Array {
  const names = namedClassifierWeights(model);
  const weights = new Map<string, Values>(
    [...names].map(([variable, name]) => [name, variable.dataSync<'float32'>()]),
  );
  const inputs = { images: { shape: [TRACED_BATCH, IMAGE_PIXELS] } };
  return exporter('classifier', predictionStep(model), { inputs, variables: names })(weights);
}

function parse(text: string): ClassifierDescription | undefined {
  try {
    const value = JSON.parse(text) as Partial<ClassifierDescription> | null;
    return typeof value?.files === 'object' && typeof value.testAccuracy === 'number'
      ? (value as ClassifierDescription)
      : undefined;
  } catch {
    return undefined;
  }
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw explainFileError(error, 'read', path);
  }
}

const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');
