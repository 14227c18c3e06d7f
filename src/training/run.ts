import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOf } from '../data/image-set.js';
import { RunError } from '../errors.js';
import { isGoodEnough } from '../evaluation/good-enough.js';
import { collapses, spread } from '../gan/diversity.js';
import type { Scalars } from '../gan/step.js';
import type { Checkpoint, UnfinishedEpoch } from '../runs/checkpoint.js';
import type { LogRow } from '../runs/log.js';
import type { RunDescription } from '../runs/run-description.js';
import { RUN_FILES } from '../runs/run-folder.js';
import type { Values } from '../backends/index.js';
import { checkFinite, diverged, scalarsText } from './scalars.js';
import { Epoch } from './epoch.js';
import { allOf, type Follower } from './follower.js';
import { areModelsKept, bestEpoch, isMeasured } from './measure-plan.js';
import type { Parts } from './prepare.js';
import { RunFiles } from './run-files.js';

/** How far a run is. */
export interface Progress {
  readonly epochs: number;
  /** Of those epochs; fewer where lines of the log were damaged. */
  readonly rows: readonly LogRow[];
  readonly unfinished?: UnfinishedEpoch;
}

export const NOTHING_DONE: Progress = { epochs: 0, rows: [] };

export interface RunOutcome {
  readonly folder: string;
  /** Finished epochs, and their rows: fewer where lines of the log were damaged. */
  readonly epochs: number;
  readonly rows: readonly LogRow[];
  /** Whether it was told to stop before its last epoch; what there was is saved. */
  readonly interrupted: boolean;
  /** Seconds of this process's training, and those of them inside steps. */
  readonly seconds: number;
  readonly secondsInSteps: number;
}

/** A run under way: what its steps come to, and its files, which are written while the next epoch trains. */
export class Run implements AsyncDisposable {
  private writing: Promise<void> = Promise.resolve();
  private failure: Error | undefined;
  private secondsInSteps = 0;
  private warnedOfCollapse = false;
  private readonly diversities: { step: number; diversity: number }[];
  /** Whether it has come to what --until asks for. */
  private goodEnough: boolean;
  private startedAt: number | undefined;
  private epochs: number;
  private epoch: Epoch;

  private constructor(
    private readonly files: RunFiles,
    private readonly description: RunDescription,
    private readonly parts: Parts,
    private readonly followers: Required<Follower>,
    { epochs, rows, unfinished }: Progress,
  ) {
    this.epochs = epochs;
    this.goodEnough = isGoodEnough(description.options, rows.at(-1)?.measures ?? {});
    this.diversities = rows.flatMap(({ step, measures: { diversity } }) =>
      diversity === undefined ? [] : [{ step, diversity }],
    );
    this.epoch = Epoch.begin(unfinished);
  }

  /**
   * Opens the folder, which is this process's, and tells the followers.
   *
   * @param from what the run has come to in an earlier process.
   */
  static async open(
    folder: string,
    description: RunDescription,
    parts: Parts,
    from: Progress,
    followers: readonly Follower[],
  ): Promise<Run> {
    const { options } = description;
    const all = allOf(followers);
    const files = await RunFiles.open(folder, from, parts, all.warning);
    const run = new Run(files, description, parts, all, from);
    try {
      const { stepsPerEpoch } = parts.trainer;
      await run.followers.started({
        folder,
        options,
        shape: parts.shape,
        stepsPerEpoch,
        epochsDone: from.epochs,
        rows: from.rows,
      });
      return run;
    } catch (error) {
      await run[Symbol.asyncDispose]();
      throw error;
    }
  }

  get isDone(): boolean {
    return this.goodEnough || this.epochs >= this.description.options.epochs;
  }

  /** Trains the epoch under way to its end, or until the signal, which is looked at before each step. */
  async trainEpoch(signal?: AbortSignal): Promise<void> {
    this.startedAt ??= performance.now();
    while (this.epoch.steps < this.parts.trainer.stepsPerEpoch) {
      if (signal?.aborted === true) return;
      await this.step();
    }
    await this.endEpoch();
  }

  /** Waits for all files, saves where the run is within an epoch, and lets the followers finish theirs. */
  async finish(): Promise<RunOutcome> {
    await this.written();
    if (!this.isDone) await this.saveNow();
    const { epochs, secondsInSteps } = this;
    const { folder, rows } = this.files;
    const seconds = this.startedAt === undefined ? 0 : (performance.now() - this.startedAt) / 1000;
    await this.followers.finishing(rows);
    return { folder, epochs, rows, interrupted: !this.isDone, seconds, secondsInSteps };
  }

  /** Writes what a run has before its first step, so that it can be resumed and sampled from the start. */
  async saveNow(): Promise<void> {
    const { options } = this.description;
    const state = this.parts.trainer.readState();
    const checkpoint = this.checkpoint(state);
    if (options.keep === 'last' || bestEpoch(this.files.rows) === undefined)
      await this.files.saveModels(state, await this.walk(state));
    await this.files.saveCheckpoint(checkpoint);
  }

  /** What failed, as it was or because the folder is gone. Who gives the folder back must not leave a writer in it. */
  async explain(error: unknown): Promise<unknown> {
    await this.writing;
    const { folder } = this.files;
    // Whoever deletes a folder takes its parts first, and the folder itself a moment later.
    const gone = [folder, join(folder, RUN_FILES.checkpoints)].find((path) => !existsSync(path));
    return gone === undefined
      ? error
      : new RunError(`${gone} is gone: it was deleted or moved while the run trained`, {
          cause: error,
        });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.writing;
    await this.followers.close();
  }

  private async step(): Promise<void> {
    const { trainer } = this.parts;
    const startedAt = performance.now();
    const scalars = await trainer.next();
    this.secondsInSteps += (performance.now() - startedAt) / 1000;
    if (!Object.values(scalars).every(Number.isFinite)) {
      await this.written();
      throw diverged(`found ${scalarsText(scalars)}`, trainer.step);
    }
    this.epoch.add(scalars);
    const at = { epoch: this.epochs + 1, step: this.epoch.steps, scalars };
    this.followers.step(at);
    const show = this.followers.glimpse(at);
    if (show !== undefined) show(await this.parts.sampler.sample(trainer.readState()));
    if (this.failure !== undefined) throw this.failure;
  }

  private async endEpoch(): Promise<void> {
    const { options, checkpointEvery } = this.description;
    const { trainer, sampler, shape, realSpread } = this.parts;
    const number = this.epochs + 1;
    const state = trainer.readState();
    checkFinite(state, trainer.step);
    const quality = await this.measure(state, number);
    this.goodEnough = isGoodEnough(options, quality);
    const isLast = number === options.epochs || this.goodEnough;
    const sampled =
      number % options.sampleEvery === 0 || isLast ? await sampler.sample(state) : undefined;
    const diversity: Scalars =
      sampled === undefined ? {} : { diversity: spread(sampled, bytesOf(shape)) / realSpread };
    const measures = { ...diversity, ...quality };
    const row = this.epoch.row(number, trainer.step, options.batchSize, measures);
    const write = this.files.epoch(row, sampled);
    if (sampled !== undefined) this.followers.samples(number, sampled);
    this.epochs = number;
    this.epoch = Epoch.begin();
    await this.written();
    const keepsModels = areModelsKept(options, [...this.files.rows, row]);
    const isBest = options.keep === 'best' && keepsModels && 'frechet' in quality;
    const saves = number % checkpointEvery === 0 || isLast || isBest;
    const checkpoint = saves ? this.checkpoint(state) : undefined;
    // Of models that later epochs replace it would be for nothing: it takes as long as a few steps.
    const walk = keepsModels && (isLast || isBest) ? await this.walk(state) : undefined;
    this.inBackground(async () => {
      const paths = await write();
      if (checkpoint !== undefined) {
        if (keepsModels) await this.files.saveModels(state, walk);
        await this.files.saveCheckpoint(checkpoint);
      }
      await this.followers.epoch({ row, rows: [...this.files.rows], paths });
    });
    this.watchForCollapse(number, trainer.step, diversity['diversity']);
  }

  /** The quality of the images, where the epoch is one that is measured. */
  private async measure(state: ReadonlyMap<string, Values>, epoch: number): Promise<Scalars> {
    const { options } = this.description;
    const { trainer, quality } = this.parts;
    if (!isMeasured(options, epoch, trainer.stepsPerEpoch)) return {};
    return (await (await quality())?.measure(state)) ?? {};
  }

  private async walk(state: ReadonlyMap<string, Values>): Promise<Uint8Array> {
    return this.files.gridPng(await this.parts.sampler.walk(state));
  }

  private checkpoint(state: ReadonlyMap<string, Values>): Checkpoint {
    const { trainer } = this.parts;
    checkFinite(state, trainer.step);
    const { epochs, epoch } = this;
    return { state, position: trainer.position(), epochs, unfinished: epoch.unfinished() };
  }

  private watchForCollapse(epoch: number, step: number, diversity: number | undefined): void {
    if (diversity === undefined) return;
    this.diversities.push({ step, diversity });
    if (this.warnedOfCollapse || !collapses(this.diversities).at(-1)!) return;
    this.warnedOfCollapse = true;
    this.followers.warning(
      `epoch ${epoch}: the samples are nearly all alike (diversity ${diversity.toFixed(2)}, real images have 1): the run has collapsed; another --seed or a lower --learning-rate may help`,
    );
  }

  /** Starts to write; what fails is thrown at the next step. */
  private inBackground(write: () => Promise<void>): void {
    this.writing = write().catch((error: unknown) => {
      this.failure = error instanceof Error ? error : new Error(String(error));
    });
  }

  private async written(): Promise<void> {
    await this.writing;
    if (this.failure !== undefined) throw this.failure;
  }
}
