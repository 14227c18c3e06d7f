import type { LayersModel } from '@tensorflow/tfjs-layers';
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

/** What a network is built for: a run's options, the shape of an image, and 0 or the number of classes that it takes. */
export type NetworkRequest = ModelOptions & Pick<DenseOptions, Derived>;

/**
 * Networks of one's own; one that is missing is that of the option `model`. Each function is called several times in a run and gives
 * its layers the same names each time. Where `classes` is above 0, both networks take one-hot labels [batch, classes] as their second input.
 */
export interface OwnNetworks {
  /** z [batch, latentSize] -> images in [-1, 1], of the discriminator's input shape. */
  readonly generator?: (request: NetworkRequest) => LayersModel;
  /** Images [batch, pixels] or [batch, height, width, channels] -> logit [batch, 1]. */
  readonly discriminator?: (request: NetworkRequest) => LayersModel;
}

const NETWORKS: Required<OwnNetworks> = {
  generator: (request) =>
    request.model === 'dense' ? denseGenerator(request) : convGenerator(request),
  discriminator: (request) =>
    request.model === 'dense' ? denseDiscriminator(request) : convDiscriminator(request),
};

/**
 * Builds the pair that the options name for images of a kind, with weights drawn from the seed.
 *
 * @param own instead of those that the options name.
 * @throws UserError where the images have no classes to ask for, or the networks do not fit one another.
 */
export function buildGan(
  options: ModelOptions,
  { shape, classes: names }: ImageKind,
  own: OwnNetworks = {},
): Gan {
  if (options.conditional && names.length === 0)
    throw new UserError(
      '--conditional: found images without labels, expected images of classes, or --no-conditional',
    );
  const request = {
    ...options,
    shape,
    classes: options.conditional ? names.length : 0,
    twiceDifferentiable: options.penalty === 'r1r2',
  };
  const { generator, discriminator } = { ...NETWORKS, ...own };
  return stackGan(generator(request), discriminator(request), request);
}
