import { convDiscriminator, convGenerator, type ConvOptions } from './conv.js';
import { denseDiscriminator, denseGenerator, type DenseOptions } from './dense.js';
import { stackGan, type Gan } from './gan.js';

export type ModelOptions =
  ({ readonly model: 'dense' } & DenseOptions) | ({ readonly model: 'conv' } & ConvOptions);

/** Builds the pair that the options name, with weights drawn from the seed. */
export function buildGan(options: ModelOptions): Gan {
  switch (options.model) {
    case 'dense':
      return stackGan(denseGenerator(options), denseDiscriminator(options));
    case 'conv':
      return stackGan(convGenerator(options), convDiscriminator(options));
  }
}
