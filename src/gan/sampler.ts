import type { Backend, Executable, Values } from '../backends/index.js';
import { Random } from '../data/random.js';
import type { Step, TraceOptions } from '../compiler/trace/trace.js';
import { applyModel, namedWeights, type Gan } from './gan.js';
import { labelsInTurn } from './labels.js';
import { drawLatent } from './latent.js';
import type { RunOptions } from './options.js';
import { averagedWeights } from './weight-average.js';

/** Images in each grid of a run: 8 x 8. */
export const GRID_SIZE = 64;
export const GRID_COLUMNS = 8;

/** The generator as it is used after training, as a step from z, and labels where it takes them, to images. */
export function generatorStep(gan: Gan, count: number): { step: Step; options: TraceOptions } {
  return {
    step: ({ z, labels }) => ({ images: applyModel(gan.generator, z, labels, false) }),
    options: {
      inputs: {
        z: { shape: [count, gan.latentSize] },
        ...(gan.classes > 0 ? { labels: { shape: [count, gan.classes] } } : {}),
      },
      variables: namedWeights(gan),
    },
  };
}

/** Draws the same images at each moment of a run: those of one z, fixed by the seed, asked for as the classes in turn. */
export class Sampler {
  private constructor(private readonly executable: Executable) {}

  static async create(
    gan: Gan,
    { seed, latent }: Pick<RunOptions, 'seed' | 'latent'>,
    backend: Backend,
  ): Promise<Sampler> {
    const { step, options } = generatorStep(gan, GRID_SIZE);
    const { compile } = await import('../compiler/compile.js');
    const executable = await backend.load(compile(step, backend.target, options));
    drawLatent(new Random(seed, 'samples'), latent, executable.inputs.z as Float32Array);
    if (gan.classes > 0) executable.inputs.labels.set(labelsInTurn(GRID_SIZE, gan.classes));
    return new Sampler(executable);
  }

  /**
   * @param state holds the generator's weights, by name, and their averages where those are kept.
   * @returns [64, 784] in [-1, 1], overwritten by the next call.
   */
  async sample(state: ReadonlyMap<string, Values>): Promise<Float32Array> {
    this.executable.writeState(averagedWeights(state));
    return (await this.executable.run()).images as Float32Array;
  }

  dispose(): Promise<void> {
    return this.executable.dispose();
  }
}
