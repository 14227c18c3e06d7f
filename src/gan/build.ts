import { DIGITS } from '../data/mnist.js';
import { convDiscriminator, convGenerator, type ConvOptions } from './conv.js';
import { denseDiscriminator, denseGenerator, type DenseOptions } from './dense.js';
import { stackGan, type Gan } from './gan.js';

/** Whether images can be asked for by class: then the networks take as many classes as the images have. */
interface Conditional {
  readonly conditional: boolean;
}

export type ModelOptions = Conditional &
  (
    | ({ readonly model: 'dense' } & Omit<DenseOptions, 'classes'>)
    | ({ readonly model: 'conv' } & Omit<ConvOptions, 'classes'>)
  );

/** Builds the pair that the options name, with weights drawn from the seed. */
export function buildGan(options: ModelOptions): Gan {
  const classes = options.conditional ? DIGITS : 0;
  switch (options.model) {
    case 'dense':
      return stackGan(
        denseGenerator({ ...options, classes }),
        denseDiscriminator({ ...options, classes }),
      );
    case 'conv':
      return stackGan(
        convGenerator({ ...options, classes }),
        convDiscriminator({ ...options, classes }),
      );
  }
}
