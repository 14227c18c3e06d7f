import type { Variable } from '@tensorflow/tfjs-core';
import type { Backend, Executable, Values } from '../backends/index.js';
import { compile } from '../compiler/compile.js';
import { Batches } from '../data/batches.js';
import type { ImageSet } from '../data/image-set.js';
import { Random } from '../data/random.js';
import type { Gan } from '../gan/gan.js';
import { drawLatent, fillOneHot } from '../gan/inputs.js';
import type { RunOptions } from '../gan/options.js';
import type { OwnParts } from '../gan/own.js';
import { runStep } from '../gan/run-step.js';
import { averageDecayAt, learningRateScale } from '../gan/schedule.js';
import type { Scalars } from '../gan/step.js';
import { scalarsOf } from './scalars.js';
import type { Position } from '../runs/checkpoint.js';

/** A GAN being trained: one step at a time, on batches in a seeded order. */
export class Trainer {
  private steps = 0;
  /** Of the batch. */
  private readonly labels: Uint16Array;

  private constructor(
    readonly gan: Gan,
    private readonly executable: Executable,
    /** Weights, and what the optimizers and averages keep. */
    private readonly variables: Iterable<Variable>,
    private batches: Batches,
    private zRandom: Random,
    private readonly images: ImageSet,
    private readonly options: RunOptions,
    private readonly draws: Random,
  ) {
    this.labels = new Uint16Array(options.batchSize);
  }

  /**
   * @param how own: parts instead of what the options name; warn: told of what makes its steps slower.
   */
  static async create(
    options: RunOptions,
    images: ImageSet,
    backend: Backend,
    { own, warn }: { readonly own?: OwnParts; readonly warn?: (message: string) => void } = {},
  ): Promise<Trainer> {
    const { batchSize, seed } = options;
    const batches = new Batches(images, batchSize, new Random(seed, 'batches'));
    const { gan, step, variables, inputs } = runStep(options, images, own);
    const draws = new Random(seed, 'step');
    const executable = await backend.load(compile(step, backend.target, { inputs, variables }), {
      random: draws,
      ...(warn && { warn }),
    });
    return new Trainer(
      gan,
      executable,
      [...variables.keys()],
      batches,
      new Random(seed, 'z'),
      images,
      options,
      draws,
    );
  }

  get stepsPerEpoch(): number {
    return this.batches.batchesPerEpoch;
  }

  get step(): number {
    return this.steps;
  }

  /** Fills the next batch and z, and runs one step on them: what it returns, by name. */
  async next(): Promise<Scalars> {
    const { real, z, labels, ...schedule } = this.executable.inputs as Record<
      string,
      Values | undefined
    >;
    this.batches.next(real as Float32Array, labels === undefined ? undefined : this.labels);
    if (labels !== undefined) fillOneHot(this.labels, labels as Float32Array);
    drawLatent(this.zRandom, this.options.latent, z as Float32Array);
    this.fillSchedule(schedule);
    const results = await this.executable.run();
    this.steps++;
    return scalarsOf(results);
  }

  private fillSchedule(inputs: Partial<Record<string, Values>>): void {
    const { epochs, learningRateDecay, averageDecay } = this.options;
    const allSteps = epochs * this.stepsPerEpoch;
    inputs.learningRateScale?.set([learningRateScale(this.steps, allSteps, learningRateDecay)]);
    inputs.averageDecay?.set([averageDecayAt(this.steps, averageDecay)]);
  }

  /** A copy of all weights and of what the optimizers keep, by name. */
  readState(): Map<string, Values> {
    return this.executable.readState();
  }

  writeState(state: ReadonlyMap<string, Values>): void {
    this.executable.writeState(state);
  }

  position(): Position {
    return {
      step: this.steps,
      batches: this.batches.state(),
      z: this.zRandom.state(),
      draws: this.draws.state(),
    };
  }

  /** Goes on from where another trainer of the same options was. */
  restore(state: ReadonlyMap<string, Values>, { step, batches, z, draws }: Position): void {
    this.writeState(state);
    this.steps = step;
    this.batches = Batches.restore(this.images, this.options.batchSize, batches);
    this.zRandom = Random.restore([...z]);
    if (draws !== undefined) this.draws.goOn(draws);
  }

  async dispose(): Promise<void> {
    await this.executable.dispose();
    for (const variable of this.variables) variable.dispose();
  }
}
