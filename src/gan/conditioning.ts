import {
  input,
  layers,
  model,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import type { CONDITIONINGS } from './choices.js';
import type { InitialWeights } from './initial-weights.js';

/** How networks take the class that an image is asked for as. */
export interface ConditioningOptions {
  /** Classes that images can be asked for by; 0: the networks take none. */
  readonly classes: number;
  /**
   * How the discriminator takes it. `projection`: the product of its last hidden layer with a vector of the class is added to the logit
   * (Miyato and Koyama, arXiv 1802.05637, section 3); `concatenation`: beside the input of its first dense layer (Mirza
   * and Osindero, arXiv 1411.1784).
   */
  readonly conditioning: (typeof CONDITIONINGS)[number];
}

/** A layer or several: what a tensor becomes. */
export type Part = (x: SymbolicTensor) => SymbolicTensor;

/** z [latentSize], and one-hot labels [classes] where there are any -> what `body` makes of both beside one another. */
export function generatorOf(
  latentSize: number,
  { classes }: Pick<ConditioningOptions, 'classes'>,
  body: Part,
): LayersModel {
  const z = input({ shape: [latentSize], name: 'z' });
  if (classes === 0) return model({ name: 'generator', inputs: z, outputs: body(z) });
  const labels = input({ shape: [classes], name: 'labels' });
  const start = layers.concatenate({ name: 'concatenate' }).apply([z, labels]) as SymbolicTensor;
  return model({ name: 'generator', inputs: [z, labels], outputs: body(start) });
}

/**
 * An image, and one-hot labels [classes] where there are any -> one logit.
 *
 * @param body the layers before the first dense one, and those from it to the last hidden one.
 */
export function discriminatorOf(
  imageShape: readonly number[],
  { classes, conditioning }: ConditioningOptions,
  weights: InitialWeights,
  body: { readonly features: Part; readonly hidden: Part },
  logitName: string,
): LayersModel {
  const image = input({ shape: [...imageShape], name: 'image' });
  const features = body.features(image);
  const labels = classes === 0 ? undefined : input({ shape: [classes], name: 'labels' });
  const start =
    labels !== undefined && conditioning === 'concatenation'
      ? (layers.concatenate({ name: 'concatenate' }).apply([features, labels]) as SymbolicTensor)
      : features;
  const hidden = body.hidden(start);
  const units = hidden.shape.at(-1)!;
  const logit = layers
    .dense({ name: logitName, units: 1, kernelInitializer: weights.of(logitName, units) })
    .apply(hidden) as SymbolicTensor;
  if (labels === undefined) return model({ name: 'discriminator', inputs: image, outputs: logit });
  const outputs =
    conditioning === 'concatenation' ? logit : projected(logit, hidden, labels, units, weights);
  return model({ name: 'discriminator', inputs: [image, labels], outputs });
}

function projected(
  logit: SymbolicTensor,
  hidden: SymbolicTensor,
  labels: SymbolicTensor,
  units: number,
  weights: InitialWeights,
): SymbolicTensor {
  const kernelInitializer = weights.normal('embedding', 0.02);
  const vector = layers
    .dense({ name: 'embedding', units, useBias: false, kernelInitializer })
    .apply(labels) as SymbolicTensor;
  const product = layers.dot({ name: 'projection', axes: -1 }).apply([vector, hidden]);
  return layers.add({ name: 'logit' }).apply([logit, product as SymbolicTensor]) as SymbolicTensor;
}
