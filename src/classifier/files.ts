import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Values } from '../backends/index.js';
import { exporter } from '../compiler/export.js';
import { explainFileError } from '../files/explain.js';
import { makeFolder } from '../files/folders.js';
import { writeFileWhole } from '../files/replace.js';
import { readWeights } from '../runs/layers-model.js';
import { buildClassifier, type LabelledImages } from './network.js';
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
/** What TensorFlow.js reads, and this package. */
const MODEL_FILES = ['model.json', 'weights.bin'];
/** The same as ONNX, for whoever reads that; left out of the judges in this package, whose weights it would have twice. */
const ONNX_FILE = 'classifier.onnx';
/** Only the export's example: the exported model takes any number of images. */
const TRACED_BATCH = 2;

/** The folder of a classifier among the kept ones. */
export function classifierFolder(
  keptIn: string,
  recipe: ClassifierRecipe,
  { classes }: Pick<LabelledImages, 'classes'>,
): string {
  // Another layout of the networks or files is another classifier; images and labels alone do not say how many classes there may be.
  const text = JSON.stringify({ format: 3, classes, ...recipe });
  return join(keptIn, `classifier-${sha256(text).slice(0, 12)}`);
}

/**
 * Writes a classifier into its folder; the description last, so that where it is, the others are too.
 *
 * @param withOnnx whether also as ONNX.
 */
export async function writeClassifier(
  folder: string,
  model: LayersModel,
  description: Omit<ClassifierDescription, 'files'>,
  withOnnx: boolean,
): Promise<ClassifierDescription> {
  makeFolder(folder);
  await writeLayersModel(folder, model, (weight) => weight.dataSync<'float32'>());
  if (withOnnx) writeFileWhole(join(folder, ONNX_FILE), onnxOf(model));
  const names = withOnnx ? [...MODEL_FILES, ONNX_FILE] : MODEL_FILES;
  const files = Object.fromEntries(names.map((name) => [name, sha256(read(join(folder, name)))]));
  const whole = { ...description, files };
  writeFileWhole(join(folder, DESCRIPTION), `${JSON.stringify(whole, undefined, 2)}\n`);
  return whole;
}

/** What a folder of a classifier holds. */
export type KeptFiles =
  | {
      readonly kind: 'kept';
      readonly model: LayersModel;
      readonly description: ClassifierDescription;
    }
  | { readonly kind: 'none' }
  /** There is something, and it cannot be used. */
  | { readonly kind: 'damaged'; readonly reason: string };

/** The classifier in a folder, if it is the one of that recipe for those images. */
export function readClassifier(
  folder: string,
  recipe: ClassifierRecipe,
  images: LabelledImages,
): KeptFiles {
  const damaged = (reason: string): KeptFiles => ({ kind: 'damaged', reason });
  const path = join(folder, DESCRIPTION);
  if (!existsSync(path)) return { kind: 'none' };
  const description = parse(read(path).toString('utf8'));
  if (description === undefined) return damaged(`${DESCRIPTION} is not what was written there`);
  const { options, images: count, data, files } = description;
  if (!isDeepStrictEqual({ options, images: count, data }, { ...recipe })) return { kind: 'none' };
  for (const name of new Set([...MODEL_FILES, ...Object.keys(files)])) {
    const file = join(folder, name);
    if (!existsSync(file)) return damaged(`${name} is missing`);
    if (sha256(read(file)) !== files[name]) return damaged(`${name} is not what was written there`);
  }
  const model = buildClassifier(options.architecture, images, options.seed);
  readWeights(folder, model);
  return { kind: 'kept', model, description };
}

/** The classifier as ONNX: images [n, pixels] in [-1, 1] -> features [n, length], probabilities [n, classes]. */
function onnxOf(model: LayersModel): Uint8Array {
  const names = namedClassifierWeights(model);
  const weights = new Map<string, Values>(
    [...names].map(([variable, name]) => [name, variable.dataSync<'float32'>()]),
  );
  const inputs = { images: { shape: [TRACED_BATCH, model.inputs[0].shape[1]!] } };
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
