import type { Backend, Executable, Values } from '../backends/index.js';
import type { Step, TraceOptions } from '../compiler/trace/trace.js';
import { applyModel, namedWeights, type Gan } from './gan.js';
import { GRID_SIZE, type GridInputs, gridInputs, walkInputs } from './inputs.js';
import type { RunOptions } from './options.js';
import { averagedWeights } from './weight-average.js';

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
  private constructor(
    private readonly executable: Executable,
    private readonly ofGrid: GridInputs,
    private readonly ofWalk: GridInputs,
  ) {}

  static async create(
    gan: Gan,
    { seed, latent }: Pick<RunOptions, 'seed' | 'latent'>,
    backend: Backend,
  ): Promise<Sampler> {
    const { step, options } = generatorStep(gan, GRID_SIZE);
    const { compile } = await import('../compiler/compile.js');
    const executable = await backend.load(compile(step, backend.target, options));
    const ofGrid = gridInputs(gan, { seed, latent });
    return new Sampler(executable, ofGrid, walkInputs(gan, ofGrid));
  }

  /**
   * @param state holds the generator's weights, by name, and their averages where those are kept.
   * @returns [64, ...image] in [-1, 1], overwritten by the next call of any.
   */
  sample(state: ReadonlyMap<string, Values>): Promise<Float32Array> {
    return this.images(state, this.ofGrid);
  }

  /** A walk through the samples of the grid's first row and back to the first one, eight images from each to the next; else as {@link sample}. */
  walk(state: ReadonlyMap<string, Values>): Promise<Float32Array> {
    return this.images(state, this.ofWalk);
  }

  private async images(
    state: ReadonlyMap<string, Values>,
    inputs: GridInputs,
  ): Promise<Float32Array> {
    this.executable.inputs.z.set(inputs.z);
    if (inputs.labels !== undefined) this.executable.inputs.labels.set(inputs.labels);
    this.executable.writeState(averagedWeights(state));
    return (await this.executable.run()).images as Float32Array;
  }

  dispose(): Promise<void> {
    return this.executable.dispose();
  }
}
