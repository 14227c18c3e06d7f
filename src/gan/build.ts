import type { ImageKind } from '../data/image-set.js';
import { UserError } from '../errors.js';
import { convDiscriminator, convGenerator, type ConvOptions } from './conv.js';
import { denseDiscriminator, denseGenerator, type DenseOptions } from './dense.js';
import { stackGan, type Gan } from './gan.js';
import type { PenaltyOptions } from './penalty.js';

/** Whether images can be asked for by class: then the networks take as many classes as the images have. */
interface Conditional {
  readonly conditional: boolean;
}

export type ModelOptions = Conditional & { readonly penalty?: PenaltyOptions['kind'] } & (
    | ({ readonly model: 'dense' } & Omit<DenseOptions, Derived>)
    | ({ readonly model: 'conv' } & Omit<ConvOptions, Derived>)
  );

type Derived = 'classes' | 'shape' | 'twiceDifferentiable';

/** Builds the pair that the options name for images of a kind, with weights drawn from the seed. */
export function buildGan(options: ModelOptions, { shape, classes: names }: ImageKind): Gan {
  if (options.conditional && names.length === 0)
    throw new UserError(
      '--conditional: found images without labels, expected images of classes, or --no-conditional',
    );
  const classes = options.conditional ? names.length : 0;
  const derived = { shape, classes, twiceDifferentiable: options.penalty === 'r1r2' };
  switch (options.model) {
    case 'dense':
      return stackGan(
        denseGenerator({ ...options, ...derived }),
        denseDiscriminator({ ...options, ...derived }),
        shape,
      );
    case 'conv':
      return stackGan(
        convGenerator({ ...options, ...derived }),
        convDiscriminator({ ...options, ...derived }),
        shape,
      );
  }
}
