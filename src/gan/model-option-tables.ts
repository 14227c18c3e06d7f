import type { OptionTable } from '../options.js';

export const DENSE_OPTIONS = {
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

export const CONV_OPTIONS = {
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
    help: "channels of the images of a quarter of the side that the generator's dense layers make (conv)",
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

export const MODEL_OPTIONS = { dense: DENSE_OPTIONS, conv: CONV_OPTIONS } as const;
export type ModelName = keyof typeof MODEL_OPTIONS;
