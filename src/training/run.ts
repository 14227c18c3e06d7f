import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Values } from '../backends/index.js';
import { RunError } from '../errors.js';
import { removeFiles } from '../files/folders.js';
import { replaceFile } from '../files/replace.js';
import { gridImage } from '../images/grid.js';
import { encodePng } from '../images/png.js';
import { writeCheckpoint, type Position, type UnfinishedEpoch } from '../runs/checkpoint.js';
import { COLLAPSED_BELOW, spread } from '../gan/diversity.js';
import { Epoch } from './epoch.js';
import type { LogRow } from '../runs/log.js';
import { RunLog } from '../runs/run-log.js';
import type { RunOptions } from '../gan/options.js';
import { epochOfSampleFile, RUN_FILES, sampleFile } from '../runs/run-folder.js';
import { wordsOf } from '../names.js';
import { GRID_COLUMNS, type Sampler } from '../gan/sampler.js';
import type { Scalars } from '../gan/step.js';
import type { Trainer } from './trainer.js';

/** Who follows a run; nothing here may take long. */
export interface Watcher {
  /** After each step. `step` counts within the epoch, both from 1. */
  stepped?(at: { epoch: number; step: number; scalars: Scalars }): void;
  /** After each epoch with a sample grid: its images, [64, 784] in [-1, 1], overwritten by the next ones. */
  sampled?(epoch: number, images: Float32Array): void;
  /** After each epoch, once its files are asked for. */
  epochDone?(row: LogRow, paths: readonly string[]): void;
  /** After the last epoch, or an interruption, before an observer finishes: see {@link RunObserver}. */
  finishing?(): void;
  /** Something is off and the run goes on: collapse, a damaged checkpoint. */
  warned?(message: string): void;
}

/**
 * Keeps files beside a run's own that follow from its log and samples: pictures, a report, event files. Its methods are
 * called one after the other.
 */
export interface RunObserver {
  /** Before the first step. `rows` are those that a resumed run has already. */
  begin(rows: readonly LogRow[]): Promise<void>;
  /** After an epoch's files are written, while the next one trains; the files of that one wait for it. */
  epochWritten(rows: readonly LogRow[]): Promise<void>;
  /** After the last epoch, or an interruption. */
  finish(rows: readonly LogRow[]): Promise<void>;
  /** At the end, also of a run that failed. Nothing of it is at work in the folder afterwards. */
  close(): Promise<void>;
}

/** What a run works with. */
export interface RunParts {
  readonly folder: string;
  readonly options: RunOptions;
  readonly checkpointEvery: number;
  readonly trainer: Trainer;
  readonly sampler: Sampler;
  readonly saveModels: (folder: string, state: ReadonlyMap<string, Values>) => Promise<void>;
  /** {@link spread} of real images on [-1, 1]. */
  readonly realSpread: number;
  readonly watcher: Watcher;
}

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

/** A training under way: steps, and at each epoch's end its files, which are written while the next epoch trains. */
export class Run {
  private writing: Promise<void> = Promise.resolve();
  private failure: Error | undefined;
  private secondsInSteps = 0;
  private warnedOfCollapse = false;
  private log: RunLog | undefined;
  private epoch: Epoch;
  private observer: RunObserver | undefined;

  constructor(
    private readonly parts: RunParts,
    /** Finished epochs. */
    private done = 0,
    private rows: readonly LogRow[] = [],
    unfinished?: UnfinishedEpoch,
  ) {
    this.epoch = Epoch.begin(unfinished);
  }

  /** The rows of the epochs done. */
  get finished(): readonly LogRow[] {
    return this.rows;
  }

  /**
   * Trains up to the last epoch, or until the signal, which is looked at after each step.
   *
   * @throws RunError where a loss or a weight is no longer a finite number.
   */
  async train(signal?: AbortSignal, observer?: RunObserver): Promise<RunOutcome> {
    const { folder, options, trainer } = this.parts;
    this.observer = observer;
    await this.openLog();
    const startedAt = performance.now();
    try {
      while (this.done < options.epochs && signal?.aborted !== true) {
        if (this.epoch.steps < trainer.stepsPerEpoch) await this.step();
        if (this.epoch.steps === trainer.stepsPerEpoch) await this.endEpoch();
      }
      await this.written();
      const interrupted = this.done < options.epochs;
      if (interrupted) await this.saveNow();
      const seconds = (performance.now() - startedAt) / 1000;
      return {
        folder,
        epochs: this.done,
        rows: this.rows,
        interrupted,
        seconds,
        secondsInSteps: this.secondsInSteps,
      };
    } catch (error) {
      // Who gives the folder back must not leave a writer in it.
      await this.writing;
      if (!existsSync(folder))
        throw new RunError(`${folder} is gone: it was deleted or moved while the run trained`);
      throw error;
    }
  }

  /** Writes what a run has before its first step, so that it can be resumed and sampled from the start. */
  async begin(): Promise<void> {
    await this.openLog();
    await this.saveNow();
  }

  /**
   * Makes the logs and samples those of the rows: after an interruption there may be some of epochs that are to be done
   * again, or of a last epoch that is not the last any more.
   */
  async restoreFiles(): Promise<void> {
    await this.openLog();
    const withoutSamples = new Set(
      this.rows.filter((row) => !('diversity' in row.measures)).map((row) => row.epoch),
    );
    removeFiles(join(this.parts.folder, RUN_FILES.samples), (name) => {
      const epoch = epochOfSampleFile(name);
      return epoch !== undefined && (epoch > this.done || withoutSamples.has(epoch));
    });
  }

  private async openLog(): Promise<void> {
    this.log ??= await RunLog.begin(this.parts.folder, this.rows);
  }

  private async saveNow(): Promise<void> {
    const { trainer } = this.parts;
    const state = trainer.readState();
    checkFinite(state, trainer.step);
    await this.save(state, trainer.position(), this.done, this.epoch.unfinished());
  }

  private async step(): Promise<void> {
    const { trainer, watcher } = this.parts;
    const startedAt = performance.now();
    const scalars = await trainer.next();
    this.secondsInSteps += (performance.now() - startedAt) / 1000;
    if (!Object.values(scalars).every(Number.isFinite)) {
      await this.written();
      const found = Object.entries(scalars).map(([name, value]) => `${wordsOf(name)} ${value}`);
      throw diverged(`found ${found.join(', ')}`, trainer.step);
    }
    this.epoch.add(scalars);
    watcher.stepped?.({ epoch: this.done + 1, step: this.epoch.steps, scalars });
    if (this.failure !== undefined) throw this.failure;
  }

  private async endEpoch(): Promise<void> {
    const { options, trainer, sampler, realSpread, watcher, checkpointEvery } = this.parts;
    const number = this.done + 1;
    const state = trainer.readState();
    checkFinite(state, trainer.step);
    const isLast = number === options.epochs;
    const sampled =
      number % options.sampleEvery === 0 || isLast ? await sampler.sample(state) : undefined;
    const diversity = sampled && spread(sampled) / realSpread;
    const row = this.epoch.row(
      number,
      trainer.step,
      options.batchSize,
      diversity === undefined ? {} : { diversity },
    );
    const png = sampled && encodePng(gridImage(sampled, GRID_COLUMNS));
    this.done = number;
    this.rows = [...this.rows, row];
    this.epoch = Epoch.begin();
    await this.written();
    const { rows } = this;
    const position = trainer.position();
    const unfinished = this.epoch.unfinished();
    this.inBackground(async () => {
      await this.record(row, png);
      if (number % checkpointEvery === 0 || isLast)
        await this.save(state, position, number, unfinished);
      await this.observer?.epochWritten(rows);
    });
    if (sampled !== undefined) watcher.sampled?.(number, sampled);
    if (diversity !== undefined) this.watchForCollapse(diversity, number);
    watcher.epochDone?.(
      row,
      png === undefined ? [] : [join(this.parts.folder, sampleFile(number))],
    );
  }

  /** Writes an epoch's files, the log last: a row in it means that the others are there. */
  private async record(row: LogRow, png: Uint8Array | undefined): Promise<void> {
    const { folder } = this.parts;
    if (png !== undefined) await replaceFile(join(folder, sampleFile(row.epoch)), png);
    await this.log!.add(row);
  }

  private async save(
    state: ReadonlyMap<string, Values>,
    position: Position,
    epochs: number,
    unfinished: UnfinishedEpoch,
  ): Promise<void> {
    const { folder, saveModels } = this.parts;
    await saveModels(folder, state);
    await writeCheckpoint(join(folder, RUN_FILES.checkpoints), {
      state,
      position,
      epochs,
      unfinished,
    });
  }

  private watchForCollapse(diversity: number, epoch: number): void {
    if (diversity >= COLLAPSED_BELOW || this.warnedOfCollapse) return;
    this.warnedOfCollapse = true;
    this.parts.watcher.warned?.(
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

function checkFinite(state: ReadonlyMap<string, Values>, step: number): void {
  for (const [name, values] of state) {
    for (let k = 0; k < values.length; k++)
      if (!Number.isFinite(values[k])) throw diverged(`${name} holds ${values[k]}`, step);
  }
}

function diverged(what: string, step: number): RunError {
  return new RunError(
    `step ${step}: ${what}: the training diverged; the last good checkpoint is kept. Start again with a lower --learning-rate, or another --seed`,
  );
}
