import type { ImageKind } from '../data/image-set.js';
import { UserError } from '../errors.js';
import { convDiscriminator, convGenerator, type ConvOptions } from './conv.js';
import { denseDiscriminator, denseGenerator, type DenseOptions } from './dense.js';
import { stackGan, type Gan } from './gan.js';

/** Whether images can be asked for by class: then the networks take as many classes as the images have. */
interface Conditional {
  readonly conditional: boolean;
}

export type ModelOptions = Conditional &
  (
    | ({ readonly model: 'dense' } & Omit<DenseOptions, 'classes' | 'shape'>)
    | ({ readonly model: 'conv' } & Omit<ConvOptions, 'classes' | 'shape'>)
  );

/** Builds the pair that the options name for images of a kind, with weights drawn from the seed. */
export function buildGan(options: ModelOptions, { shape, classes: names }: ImageKind): Gan {
  if (options.conditional && names.length === 0)
    throw new UserError(
      '--conditional: found images without labels, expected images of classes, or --no-conditional',
    );
  const classes = options.conditional ? names.length : 0;
  switch (options.model) {
    case 'dense':
      return stackGan(
        denseGenerator({ ...options, shape, classes }),
        denseDiscriminator({ ...options, shape, classes }),
        shape,
      );
    case 'conv':
      return stackGan(
        convGenerator({ ...options, shape, classes }),
        convDiscriminator({ ...options, shape, classes }),
        shape,
      );
  }
}
