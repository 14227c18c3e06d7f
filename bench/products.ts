import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Gan } from '../src/gan/gan.js';

/** A matrix product: a [m, k] x b [k, n], where either is stored transposed. */
export interface Product {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly transA: boolean;
  readonly transB: boolean;
}

/** A layer's three products for one batch. */
interface LayerProducts {
  readonly forward: Product;
  readonly weightGradient: Product;
  readonly inputGradient: Product;
}

/**
 * The matrix products that a training step cannot do without, convolutions as products of patches: derived from the
 * layers alone, so that no choice of the compiler's changes it. The generator's forward pass is counted once, since its
 * update uses the same z; the discriminator sees all images of its update as one batch; no gradient is taken that nothing needs.
 *
 * @param judged images that the discriminator's update sees: real and generated ones, and as many moved by noise where the penalty is by noise.
 */
export function stepProducts(
  { generator, discriminator }: Gan,
  batchSize: number,
  judged = 2 * batchSize,
): Product[] {
  const made = layersOf(generator, batchSize);
  const judgedBoth = layersOf(discriminator, judged);
  const judgedFake = layersOf(discriminator, batchSize);
  return [
    ...made.map(({ forward }) => forward),
    ...judgedBoth.flatMap(({ forward, weightGradient }) => [forward, weightGradient]),
    ...judgedBoth.slice(1).map(({ inputGradient }) => inputGradient),
    ...judgedFake.flatMap(({ forward, inputGradient }) => [forward, inputGradient]),
    ...made.map(({ weightGradient }) => weightGradient),
    ...made.slice(1).map(({ inputGradient }) => inputGradient),
  ];
}

/** Floating-point operations: a multiplication and an addition for each of m x k x n. */
export function flopsOf(products: readonly Product[]): number {
  return products.reduce((sum, { m, k, n }) => sum + 2 * m * k * n, 0);
}

/** The products of the layers that multiply by weights, first to last. */
function layersOf(model: LayersModel, batchSize: number): LayerProducts[] {
  return model.layers
    .filter((layer) => layer.weights.length > 0 && layer.getClassName() !== 'BatchNormalization')
    .map((layer) => {
      const kernel = layer.weights[0].shape as number[];
      const input = layer.inboundNodes[0].inputShapes[0] as number[];
      const output = layer.outputShape as number[];
      switch (layer.getClassName()) {
        case 'Dense':
          return linear(batchSize, kernel[0], kernel[1]);
        case 'Conv2D': {
          const [height, width, inputChannels, filters] = kernel;
          return linear(batchSize * output[1] * output[2], height * width * inputChannels, filters);
        }
        case 'Conv2DTranspose': {
          // A convolution the other way round: its forward pass is that one's input gradient.
          const [height, width, outputChannels, filters] = kernel;
          const rows = batchSize * input[1] * input[2];
          const mirrored = linear(rows, height * width * outputChannels, filters);
          return { ...mirrored, forward: mirrored.inputGradient, inputGradient: mirrored.forward };
        }
        default:
          throw new Error(`no products are known for the layer ${layer.getClassName()}`);
      }
    });
}

/** x [rows, inputs] times weights [inputs, outputs], and the gradients by either. */
function linear(rows: number, inputs: number, outputs: number): LayerProducts {
  return {
    forward: { m: rows, k: inputs, n: outputs, transA: false, transB: false },
    weightGradient: { m: inputs, k: rows, n: outputs, transA: true, transB: false },
    inputGradient: { m: rows, k: outputs, n: inputs, transA: false, transB: true },
  };
}
