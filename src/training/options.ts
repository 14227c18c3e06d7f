import { UserError } from '../errors.js';
import { completeOptions, flagOf, type OptionTable, type OptionsOf } from '../options.js';

/** Everything that decides a run besides the data: the command line, the types, the help and options.json come from here. */
export const RUN_OPTIONS = {
  model: { kind: 'choice', choices: ['dense'], default: 'dense', help: 'the pair of networks' },
  preset: {
    kind: 'choice',
    choices: ['cfcv'],
    help: 'settings to the letter of: cfcv, the notebook cfcv/GAN_MNIST',
  },
  epochs: { kind: 'integer', min: 1, max: 1_000_000, default: 200, help: 'passes over the images' },
  batchSize: {
    kind: 'integer',
    min: 1,
    max: 60_000,
    default: 100,
    help: 'real images a step, and as many generated ones',
  },
  latentSize: {
    kind: 'integer',
    min: 1,
    max: 10_000,
    default: 100,
    help: 'numbers in z, what the generator starts from',
  },
  units: {
    kind: 'integer',
    min: 1,
    max: 10_000,
    default: 128,
    help: 'width of the first hidden layer; the second has twice as many',
  },
  learningRate: {
    kind: 'number',
    min: 0,
    exclusive: true,
    max: 10,
    default: 0.0002,
    help: "Adam's learning rate, of both networks",
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

export type RunOptions = OptionsOf<typeof RUN_OPTIONS>;

/** Settings that go together. What a preset sets cannot be set otherwise beside it. */
const PRESETS = {
  /** https://github.com/cfcv/GAN_MNIST: Adam 0.002 with beta1 0.9, slope 0.01, 128 and 256 units, batch 100. */
  cfcv: {
    model: 'dense',
    batchSize: 100,
    latentSize: 100,
    units: 128,
    learningRate: 0.002,
    beta1: 0.9,
    leakySlope: 0.01,
    labelSmoothing: 0.1,
  },
} as const satisfies Record<string, Partial<RunOptions>>;

/**
 * All options of a run from those that were given: the preset's, then the defaults.
 *
 * @throws UserError for an unknown option, a value out of its range, or one that contradicts the preset.
 */
export function runOptions(
  given: Readonly<Record<string, unknown>>,
  where = 'options',
): RunOptions {
  const { preset } = completeOptions(RUN_OPTIONS, given, where);
  const fixed: Readonly<Record<string, unknown>> = preset === undefined ? {} : PRESETS[preset];
  for (const [name, value] of Object.entries(fixed)) {
    if (given[name] !== undefined && given[name] !== value) {
      throw new UserError(
        `${flagOf(name)} ${JSON.stringify(given[name])} contradicts --preset ${preset}, which has ${String(value)}: leave one of them out`,
      );
    }
  }
  return completeOptions(RUN_OPTIONS, { ...given, ...fixed }, where);
}
