import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Backend } from '../backends/index.js';
import type { DataSet } from '../data/image-set.js';
import { pixelsOf } from '../data/image-set.js';
import { firstImages } from '../data/parts.js';
import type { Gan } from '../gan/gan.js';
import { ofLength, type RunOptions } from '../gan/options.js';
import { GRID_COLUMNS, GRID_SIZE } from '../gan/inputs.js';
import { gridImage } from '../images/grid.js';
import { encodePng } from '../images/png.js';
import { prepare } from './prepare.js';
import { trainingImages } from './training-images.js';

/** A network as its layers. */
export interface NetworkPlan {
  readonly layers: readonly {
    readonly name: string;
    /** As `Dense`. */
    readonly kind: string;
    /** Of one image. */
    readonly shape: readonly number[];
    readonly parameters: number;
  }[];
  readonly parameters: number;
}

/** What a run will be, and what it will take. */
export interface RunEstimate {
  readonly generator: NetworkPlan;
  readonly discriminator: NetworkPlan;
  readonly images: number;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
  readonly steps: number;
  /** Of one step, as some that were tried here took. */
  readonly secondsPerStep: number;
  readonly seconds: number;
  /** Of the process at its most, resident. */
  readonly memoryBytes: number;
  /** Of the run's folder. */
  readonly diskBytes: number;
}

/** Steps that are tried: the first ones are slower, and a second of the others is enough for two digits. */
const WARM_STEPS = 5;
const MOST_STEPS = 200;
const SECONDS = 1;
/** Measuring the quality (3%) and what is drawn and written meanwhile (1.5%); ARCHITECTURE.md has the figures. */
const BESIDE_STEPS = 1.045;
/** Of the last drawing. */
const DRAWING_SECONDS = 1;
/** Of the thread that draws, at its end. */
const DRAWING_BYTES = 80e6;
/** Of ECharts and the page's own parts in report.html, and of the charts as pictures. */
const REPORT_BYTES = 1.4e6;
/** Epochs of which the report and the GIF have pictures, at most. */
const MOST_PICTURES = 100;
/** Of a grid's PNG: its place in the report (as text, 4/3) and its frame in the GIF. */
const PICTURE_FACTOR = 2.2;
const CHECKPOINTS = 2;
/** A row of log.jsonl, losses.csv and TensorBoard's events. */
const ROW_BYTES = 1500;

/**
 * Builds a run's networks, compiles its step and tries some steps, whose results are thrown away; nothing is written.
 *
 * @throws as {@link prepare}.
 */
export async function estimateRun(
  given: RunOptions,
  context: { readonly mnist: DataSet; readonly backend: Backend },
): Promise<RunEstimate> {
  const images = trainingImages(given, context.mnist);
  const options = ofLength(given, images.count);
  await using parts = await prepare(options, context);
  const { trainer } = parts;
  const { stepsPerEpoch, gan } = trainer;
  const { epochs, sampleEvery } = options;
  const secondsPerStep = await timeSteps(() => trainer.next());
  const state = trainer.readState();
  const steps = epochs * stepsPerEpoch;
  const some = firstImages(images, Math.min(GRID_SIZE, images.count));
  const grid = encodePng(gridImage(pixelsOf(some), images.shape, GRID_COLUMNS)).length;
  const sampled = Math.ceil(epochs / sampleEvery);
  const stateBytes = [...state.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  return {
    ...networksOf(gan),
    ...{ images: images.count, stepsPerEpoch, epochs, steps, secondsPerStep },
    seconds: steps * secondsPerStep * BESIDE_STEPS + DRAWING_SECONDS,
    memoryBytes: process.memoryUsage.rss() + DRAWING_BYTES,
    diskBytes:
      CHECKPOINTS * stateBytes +
      modelBytes(gan) +
      // Of each grid a PNG and its copy in TensorBoard's events.
      2 * sampled * grid +
      Math.min(sampled, MOST_PICTURES) * PICTURE_FACTOR * grid +
      epochs * ROW_BYTES +
      REPORT_BYTES,
  };
}

async function timeSteps(step: () => Promise<unknown>): Promise<number> {
  for (let k = 0; k < WARM_STEPS; k++) await step();
  const startedAt = performance.now();
  let done = 0;
  let seconds = 0;
  while (done < MOST_STEPS && seconds < SECONDS) {
    await step();
    done++;
    seconds = (performance.now() - startedAt) / 1000;
  }
  return seconds / done;
}

/** The generator twice, as TensorFlow.js and as ONNX, and the discriminator, of float32 numbers. */
const modelBytes = ({ generator, discriminator }: Gan): number =>
  4 * (2 * generator.countParams() + discriminator.countParams());

function networksOf({
  generator,
  discriminator,
}: Gan): Pick<RunEstimate, 'generator' | 'discriminator'> {
  return { generator: planOf(generator), discriminator: planOf(discriminator) };
}

function planOf(model: LayersModel): NetworkPlan {
  return {
    layers: model.layers.map((layer) => ({
      name: layer.name,
      kind: layer.getClassName(),
      shape: shapesOf(layer.outputShape),
      parameters: layer.countParams(),
    })),
    parameters: model.countParams(),
  };
}

/** Without the batch. Our layers have one output each. */
const shapesOf = (shape: LayersModel['outputShape']): number[] =>
  (shape as (number | null)[]).slice(1) as number[];
