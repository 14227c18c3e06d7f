import { initializers } from '@tensorflow/tfjs-layers';
import { Random } from '../data/random.js';
import type { INITIALISATIONS } from './choices.js';

type Initializer = ReturnType<typeof initializers.glorotUniform>;

/**
 * Draws the initial weights of one network, each layer's from a stream of its own of the seed.
 *
 * `normal`: mean 0, deviation 0.02 (DCGAN, arXiv 1511.06434). `glorot`: Glorot uniform. `he`: normal with variance
 * 2 / ((1 + slope^2) inputs), which keeps the size of signals through layers with a leaky ReLU (He et al., arXiv 1502.01852).
 */
export class InitialWeights {
  /** @param network names the streams, as `generator`. */
  constructor(
    private readonly kind: (typeof INITIALISATIONS)[number],
    private readonly seed: number,
    private readonly network: string,
    private readonly slope: number,
  ) {}

  /**
   * @param layer names the stream.
   * @param inputs how many numbers one number of the layer's result is the sum of.
   */
  of(layer: string, inputs: number): Initializer {
    switch (this.kind) {
      case 'normal':
        return this.normal(layer, 0.02);
      case 'glorot':
        return initializers.glorotUniform({ seed: this.seedOf(layer) });
      case 'he':
        return this.normal(layer, Math.sqrt(2 / ((1 + this.slope ** 2) * inputs)));
    }
  }

  normal(layer: string, stddev: number): Initializer {
    return initializers.randomNormal({ mean: 0, stddev, seed: this.seedOf(layer) });
  }

  /** TensorFlow.js' initializers take a number; neighbouring seeds and layers get unrelated ones. */
  private seedOf(layer: string): number {
    return new Random(this.seed, `weights ${this.network}/${layer}`).below(2 ** 31);
  }
}
