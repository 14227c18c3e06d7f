import type { ImageKind } from '../data/image-set.js';
import { UserError } from '../errors.js';
import { CONDITIONINGS, INITIALISATIONS, LOSS_NAMES, PENALTY_NAMES } from './choices.js';
import { PRESET_NAMES, PRESETS, QUALITIES, QUALITY_NAMES } from './presets.js';
import { completeOptions, flagOf, type OptionTable, type OptionsOf } from '../options.js';

/** What every run has. A default that a model wants otherwise stands beside the general one, also by how many digits it sees. */
const COMMON_OPTIONS = {
  model: {
    kind: 'choice',
    choices: ['dense', 'conv'],
    default: 'dense',
    help: 'the pair of networks',
  },
  preset: {
    kind: 'choice',
    choices: PRESET_NAMES,
    help: 'settings to the letter of the notebook cfcv/GAN_MNIST, or the plain convolutional pair',
  },
  quality: {
    kind: 'choice',
    choices: QUALITY_NAMES,
    help: 'networks, batch and length of the run that go together: about 1, 5 and 15 minutes of two cores',
  },
  digit: {
    kind: 'integer',
    min: 0,
    max: 999,
    help: 'train on the images of this digit, or class by its number, alone',
  },
  epochs: {
    kind: 'integer',
    min: 1,
    max: 1_000_000,
    default: 200,
    defaults: { conv: 20, 'conv, one digit': 12 },
    help: 'passes over the images',
  },
  steps: {
    kind: 'integer',
    min: 1,
    max: 1_000_000_000,
    help: 'length of the run in steps instead, to the end of the epoch in which it is reached',
  },
  batchSize: {
    kind: 'integer',
    min: 1,
    max: 60_000,
    default: 100,
    defaults: { conv: 64, 'conv, one digit': 32 },
    help: 'real images a step, and as many generated ones',
  },
  conditional: {
    kind: 'switch',
    default: true,
    defaults: { 'one digit': false },
    help: 'a model that cannot be asked for a digit: it makes all of them as they come',
  },
  conditioning: {
    kind: 'choice',
    choices: CONDITIONINGS,
    default: 'projection',
    help: 'how the discriminator of a conditional model takes the digit',
  },
  loss: {
    kind: 'choice',
    choices: LOSS_NAMES,
    default: 'non-saturating',
    help: 'what the two networks lower',
  },
  penalty: {
    kind: 'choice',
    choices: PENALTY_NAMES,
    default: 'r1r2-by-noise',
    defaults: { 'one digit': 'none' },
    help: "on the discriminator's gradients at real and generated images, exact or by noise",
  },
  penaltyWeight: {
    kind: 'number',
    min: 0,
    max: 1_000_000,
    default: 0.1,
    defaults: { conv: 0.3 },
    help: 'gamma of the penalty',
  },
  penaltyNoise: {
    kind: 'number',
    min: 0,
    exclusive: true,
    max: 1,
    default: 0.05,
    help: "size of the penalty's noise, where a pixel goes from -1 to 1 (r1r2-by-noise)",
  },
  translation: {
    kind: 'integer',
    min: 0,
    max: 14,
    default: 0,
    help: 'pixels by which images are moved at random before the discriminator sees them, at most',
  },
  dropout: {
    kind: 'number',
    min: 0,
    max: 0.9,
    default: 0,
    help: "share of the discriminator's hidden units that are left out at random in each step",
  },
  labelNoise: {
    kind: 'number',
    min: 0,
    max: 0.5,
    default: 0,
    help: 'share of the real and generated images that the discriminator is told are the other kind',
  },
  latentSize: {
    kind: 'integer',
    min: 1,
    max: 10_000,
    default: 64,
    defaults: { 'one digit': 100 },
    help: 'numbers in z, what the generator starts from',
  },
  latent: {
    kind: 'choice',
    choices: ['uniform', 'normal'],
    default: 'normal',
    defaults: { 'dense, one digit': 'uniform' },
    help: 'how z is drawn: uniform in [-1, 1), or normal of deviation 1',
  },
  initialisation: {
    kind: 'choice',
    choices: INITIALISATIONS,
    default: 'he',
    defaults: { 'dense, one digit': 'glorot', 'conv, one digit': 'normal' },
    help: 'of the weights: he and glorot by the size of the layer, normal of deviation 0.02',
  },
  learningRate: {
    kind: 'number',
    min: 0,
    exclusive: true,
    max: 10,
    default: 0.001,
    help: "Adam's learning rate, of both networks",
  },
  discriminatorLearningRate: {
    kind: 'number',
    min: 0,
    exclusive: true,
    max: 10,
    defaults: { 'conv, one digit': 0.002 },
    help: "the discriminator's, where it has another",
  },
  learningRateDecay: {
    kind: 'number',
    min: 0,
    max: 1,
    default: 0.5,
    defaults: { 'dense, one digit': 0, 'conv, one digit': 0.6 },
    help: 'share of the run, at its end, over which the learning rates fall to 0',
  },
  averageDecay: {
    kind: 'number',
    min: 0,
    max: 0.999999,
    default: 0.999,
    defaults: { 'conv, one digit': 0.998 },
    help: "decay of the average of the generator's weights that samples and the saved model use; 0: none",
  },
  beta1: {
    kind: 'number',
    min: 0,
    max: 0.9999,
    default: 0,
    defaults: { 'one digit': 0.5 },
    help: "decay of Adam's first moment",
  },
  beta2: {
    kind: 'number',
    min: 0,
    max: 0.999999,
    default: 0.99,
    defaults: { 'one digit': 0.999 },
    help: "decay of Adam's second moment",
  },
  leakySlope: {
    kind: 'number',
    min: 0,
    max: 1,
    default: 0.2,
    help: 'slope of the leaky ReLU below zero',
  },
  labelSmoothing: {
    kind: 'number',
    min: 0,
    max: 0.5,
    default: 0,
    defaults: { 'dense, one digit': 0.1 },
    help: 'real images are labelled 1 minus this (non-saturating loss)',
  },
  measureEvery: {
    kind: 'integer',
    min: 0,
    max: 1_000_000_000,
    default: 1800,
    defaults: { conv: 300 },
    help: 'steps from one measure of the quality to the next, at the end of an epoch; 0: none (MNIST only)',
  },
  keep: {
    kind: 'choice',
    choices: ['last', 'best'],
    default: 'last',
    help: 'which models the run ends with: the last, or those of the measured epoch with the smallest Frechet distance to training images',
  },
  until: {
    kind: 'number',
    min: 0,
    exclusive: true,
    max: 100,
    help: 'stop at a measure that finds so many percent recognised, and at least 0.9 of the variety of real images',
  },
  seed: {
    kind: 'integer',
    min: 0,
    max: 2 ** 31 - 1,
    default: 1,
    help: 'of weights, shuffling and z: the same seed, the same run',
  },
  limit: { kind: 'integer', min: 1, max: 1_000_000, help: 'train on the first N images only' },
  sampleEvery: {
    kind: 'integer',
    min: 1,
    max: 1_000_000,
    default: 1,
    help: 'epochs from one sample grid to the next',
  },
} as const satisfies OptionTable;

const DENSE_OPTIONS = {
  units: {
    kind: 'integer',
    min: 1,
    max: 10_000,
    default: 128,
    help: "width of the generator's first hidden layer; the second has twice as many (dense)",
  },
  discriminatorLayers: {
    kind: 'choice',
    choices: ['narrowing', 'widening'],
    default: 'narrowing',
    defaults: { 'dense, one digit': 'widening' },
    help: "the discriminator's hidden layers: twice the units and then the units, or the other way round (dense)",
  },
} as const satisfies OptionTable;

const CONV_OPTIONS = {
  filters: {
    kind: 'integer',
    min: 1,
    max: 1024,
    default: 16,
    help: 'of the first convolution; the second has twice as many (conv)',
  },
  baseChannels: {
    kind: 'integer',
    min: 1,
    max: 1024,
    default: 32,
    defaults: { 'conv, one digit': 64 },
    help: "channels of the 7 x 7 images that the generator's dense layers make (conv)",
  },
  kernelSize: {
    kind: 'integer',
    min: 2,
    max: 14,
    default: 4,
    help: 'side of the kernels in pixels (conv)',
  },
  normalisation: {
    kind: 'choice',
    choices: ['batch', 'none'],
    default: 'none',
    defaults: { 'conv, one digit': 'batch' },
    help: 'in the generator (conv)',
  },
  generatorSlope: {
    kind: 'number',
    min: 0,
    max: 1,
    default: 0.2,
    defaults: { 'conv, one digit': 0 },
    help: "the generator's slope below zero; 0 is ReLU (conv)",
  },
} as const satisfies OptionTable;

const MODEL_OPTIONS = { dense: DENSE_OPTIONS, conv: CONV_OPTIONS } as const;
type ModelName = keyof typeof MODEL_OPTIONS;

/** Everything that decides a run besides the data: the command line, the types, the help and options.json come from here. */
export const RUN_OPTIONS = { ...COMMON_OPTIONS, ...DENSE_OPTIONS, ...CONV_OPTIONS } as const;

export type RunOptions = OptionsOf<typeof COMMON_OPTIONS> &
  (
    | ({ readonly model: 'dense' } & OptionsOf<typeof DENSE_OPTIONS>)
    | ({ readonly model: 'conv' } & OptionsOf<typeof CONV_OPTIONS>)
  );

/**
 * All options of a run from those that were given: the preset's, then the model's defaults, then the general ones.
 *
 * @throws UserError for an unknown option, a value out of its range, one that contradicts the preset or is another model's.
 */
export function runOptions(
  given: Readonly<Record<string, unknown>>,
  where = 'options',
): RunOptions {
  const { preset, quality } = completeOptions(RUN_OPTIONS, given, where);
  const all: Record<string, unknown> = { ...given };
  for (const [flag, fixed] of [
    [`--preset ${preset}`, preset === undefined ? {} : PRESETS[preset]],
    [`--quality ${quality}`, quality === undefined ? {} : QUALITIES[quality]],
  ] as const)
    for (const [name, value] of Object.entries(fixed)) {
      if (all[name] !== undefined && all[name] !== value) {
        throw new UserError(
          `${flagOf(name)} ${JSON.stringify(all[name])} contradicts ${flag}, which has ${String(value)}: leave one of them out`,
        );
      }
      all[name] = value;
    }
  const { model, digit } = completeOptions(RUN_OPTIONS, all, where);
  refuseContradictions(all);
  for (const [other, table] of Object.entries(MODEL_OPTIONS)) {
    const foreign = other === model ? undefined : Object.keys(table).find((name) => name in all);
    if (foreign !== undefined)
      throw new UserError(
        `${flagOf(foreign)}: found it with --model ${model}, expected --model ${other}, which alone has it`,
      );
  }
  return completeOptions(tableOf(model, digit !== undefined), all, where) as RunOptions;
}

/** Those of a run on so many images: where its length is in steps, the epochs that have them. */
export function ofLength(options: RunOptions, images: number): RunOptions {
  const { steps, batchSize } = options;
  if (steps === undefined) return options;
  const perEpoch = Math.floor(images / batchSize);
  // Batches says what is wrong where there is not one.
  return perEpoch === 0 ? options : { ...options, epochs: Math.ceil(steps / perEpoch) };
}

/**
 * The options of a saved run. Those that runs did not have in the first format of options.json were then as if they had been
 * set so; today's defaults are others.
 *
 * @throws as {@link runOptions}.
 */
export function savedOptions(saved: Readonly<Record<string, unknown>>, where: string): RunOptions {
  const first = 'loss' in saved ? {} : { ...FIRST_FORMAT, ...firstNetworks(saved) };
  return runOptions({ ...NOT_MEASURED, ...first, ...saved }, where);
}

const NOT_MEASURED = { measureEvery: 0 } as const;

const FIRST_FORMAT = {
  conditional: false,
  loss: 'non-saturating',
  penalty: 'none',
  beta2: 0.999,
} as const;

const firstNetworks = ({ model }: Readonly<Record<string, unknown>>): object =>
  model === 'conv'
    ? { baseChannels: 64 }
    : { initialisation: 'glorot', discriminatorLayers: 'widening' };

/**
 * Options for images of a kind: those without classes, or of one, cannot be asked for by class.
 *
 * @throws as {@link runOptions}.
 */
export function runOptionsFor(
  { classes }: ImageKind,
  given: Readonly<Record<string, unknown>>,
): RunOptions {
  const hasNothingToAsk = classes.length < 2 && given.conditional === undefined;
  return runOptions(hasNothingToAsk ? { ...given, conditional: false } : given);
}

/** @throws UserError for options that have no meaning together. */
function refuseContradictions({
  digit,
  conditional,
  loss,
  labelSmoothing,
  measureEvery,
  keep,
  until,
}: Record<string, unknown>): void {
  if (measureEvery === 0 && (keep === 'best' || until !== undefined))
    throw new UserError(
      `${keep === 'best' ? '--keep best' : '--until'}: found it with --measure-every 0, expected measures to go by`,
    );
  if (digit !== undefined && conditional === true)
    throw new UserError(
      '--digit and --conditional: found both, expected one: a model of one digit has nothing to ask for',
    );
  if (Number(labelSmoothing ?? 0) > 0 && (loss ?? 'non-saturating') !== 'non-saturating')
    throw new UserError(
      `--label-smoothing: found it with --loss ${String(loss)}, expected --loss non-saturating, which alone has labels`,
    );
}

/** The options of a model, with its defaults. */
function tableOf(model: ModelName, oneDigit: boolean): OptionTable {
  const table: OptionTable = { ...COMMON_OPTIONS, ...MODEL_OPTIONS[model] };
  return Object.fromEntries(
    Object.entries(table).map(([name, definition]) => {
      const defaults = 'defaults' in definition ? definition.defaults : undefined;
      const ofOneDigit = defaults?.[`${model}, one digit`] ?? defaults?.['one digit'];
      const own = (oneDigit ? ofOneDigit : undefined) ?? defaults?.[model];
      return [name, own === undefined ? definition : { ...definition, default: own }];
    }),
  ) as OptionTable;
}
