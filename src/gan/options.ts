import { UserError } from '../errors.js';
import { PRESET_NAMES, PRESETS } from './presets.js';
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
  digit: { kind: 'integer', min: 0, max: 9, help: 'train on the images of this digit alone' },
  epochs: {
    kind: 'integer',
    min: 1,
    max: 1_000_000,
    default: 200,
    defaults: { conv: 12 },
    help: 'passes over the images',
  },
  batchSize: {
    kind: 'integer',
    min: 1,
    max: 60_000,
    default: 100,
    defaults: { conv: 32 },
    help: 'real images a step, and as many generated ones',
  },
  latentSize: {
    kind: 'integer',
    min: 1,
    max: 10_000,
    default: 100,
    help: 'numbers in z, what the generator starts from',
  },
  latent: {
    kind: 'choice',
    choices: ['uniform', 'normal'],
    default: 'uniform',
    defaults: { conv: 'normal' },
    help: 'how z is drawn: uniform in [-1, 1), or normal of deviation 1',
  },
  learningRate: {
    kind: 'number',
    min: 0,
    exclusive: true,
    max: 10,
    default: 0.001,
    defaults: { conv: 0.0005, 'conv, one digit': 0.001 },
    help: "Adam's learning rate",
  },
  discriminatorLearningRate: {
    kind: 'number',
    min: 0,
    exclusive: true,
    max: 10,
    defaults: { conv: 0.0005, 'conv, one digit': 0.002 },
    help: "the discriminator's, where it has another",
  },
  learningRateDecay: {
    kind: 'number',
    min: 0,
    max: 1,
    default: 0,
    defaults: { conv: 0.6 },
    help: 'share of the run, at its end, over which the learning rates fall to 0',
  },
  averageDecay: {
    kind: 'number',
    min: 0,
    max: 0.999999,
    default: 0.999,
    defaults: { conv: 0.998 },
    help: "decay of the average of the generator's weights that samples and the saved model use; 0: none",
  },
  beta1: {
    kind: 'number',
    min: 0,
    max: 0.9999,
    default: 0.5,
    help: "decay of Adam's first moment",
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
    default: 0.1,
    defaults: { conv: 0 },
    help: 'real images are labelled 1 minus this',
  },
  seed: {
    kind: 'integer',
    min: 0,
    max: 2 ** 31 - 1,
    default: 1,
    help: 'of weights, shuffling and z: the same seed, the same run',
  },
  limit: { kind: 'integer', min: 1, max: 60_000, help: 'train on the first N images only' },
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
    help: 'width of the first hidden layer; the second has twice as many (dense)',
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
    default: 'batch',
    help: 'in the generator (conv)',
  },
  initialisation: {
    kind: 'choice',
    choices: ['normal', 'glorot'],
    default: 'normal',
    help: 'normal: deviation 0.02, as in DCGAN; glorot: Glorot uniform (conv)',
  },
  generatorSlope: {
    kind: 'number',
    min: 0,
    max: 1,
    default: 0,
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
  const { preset } = completeOptions(RUN_OPTIONS, given, where);
  const fixed: Partial<RunOptions> = preset === undefined ? {} : PRESETS[preset];
  for (const [name, value] of Object.entries(fixed)) {
    if (given[name] !== undefined && given[name] !== value) {
      throw new UserError(
        `${flagOf(name)} ${JSON.stringify(given[name])} contradicts --preset ${preset}, which has ${String(value)}: leave one of them out`,
      );
    }
  }
  const all = { ...given, ...fixed };
  const { model, digit } = completeOptions(RUN_OPTIONS, all, where);
  for (const [other, table] of Object.entries(MODEL_OPTIONS)) {
    const foreign = other === model ? undefined : Object.keys(table).find((name) => name in all);
    if (foreign !== undefined)
      throw new UserError(
        `${flagOf(foreign)}: found it with --model ${model}, expected --model ${other}, which alone has it`,
      );
  }
  return completeOptions(tableOf(model, digit !== undefined), all, where) as RunOptions;
}

/** Those of ten runs of one digit each, without the digit. @throws as {@link runOptions}. */
export function optionsOfEachDigit(given: Readonly<Record<string, unknown>>): RunOptions {
  const options: Record<string, unknown> = { ...runOptions({ ...given, digit: 0 }) };
  delete options.digit;
  return options as unknown as RunOptions;
}

/** The options of a model, with its defaults. */
function tableOf(model: ModelName, oneDigit: boolean): OptionTable {
  const table: OptionTable = { ...COMMON_OPTIONS, ...MODEL_OPTIONS[model] };
  return Object.fromEntries(
    Object.entries(table).map(([name, definition]) => {
      const defaults = 'defaults' in definition ? definition.defaults : undefined;
      const own = (oneDigit ? defaults?.[`${model}, one digit`] : undefined) ?? defaults?.[model];
      return [name, own === undefined ? definition : { ...definition, default: own }];
    }),
  ) as OptionTable;
}
