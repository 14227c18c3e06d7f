import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LeaseLost, messageOf } from '../errors.js';
import type { ImageShape } from '../data/image-set.js';
import { explained } from '../files/explain.js';
import { makeFolder, removeFiles, syncFolder } from '../files/folders.js';
import { replaceFile } from '../files/replace.js';
import { GRID_COLUMNS } from '../gan/inputs.js';
import { gridImage } from '../images/grid.js';
import { encodePng } from '../images/png.js';
import { removeOlder, writeCheckpoint, type Checkpoint } from '../runs/checkpoint.js';
import type { LogRow } from '../runs/log.js';
import { brokenGridsText } from '../runs/run-data.js';
import {
  epochOfSampleFile,
  GRID_FILES,
  RUN_FILES,
  RUN_FOLDERS,
  sampleFile,
} from '../runs/run-folder.js';
import { RunLog } from '../runs/run-log.js';
import type { Parts } from './prepare.js';

/** The folder of a run that is being trained: its log, samples, models and checkpoints. */
export class RunFiles {
  private constructor(
    readonly folder: string,
    private readonly log: RunLog,
    private readonly writeModels: Parts['saveModels'],
    private readonly warn: (message: string) => void,
    private readonly shape: ImageShape,
  ) {}

  /**
   * Makes the logs and samples those of the epochs done: after an interruption there may be some of epochs that are to be
   * done again, or of a last epoch that is not the last any more.
   */
  static async open(
    folder: string,
    { epochs, rows }: { readonly epochs: number; readonly rows: readonly LogRow[] },
    { saveModels, shape, realSamples }: Pick<Parts, 'saveModels' | 'shape' | 'realSamples'>,
    warn: (message: string) => void,
  ): Promise<RunFiles> {
    // Archives, git and object stores drop folders that are empty.
    for (const name of RUN_FOLDERS) makeFolder(join(folder, name));
    const log = await RunLog.begin(folder, rows, warn);
    const withoutSamples = new Set(
      rows.filter((row) => !('diversity' in row.measures)).map((row) => row.epoch),
    );
    removeFiles(join(folder, RUN_FILES.samples), (name) => {
      const epoch = epochOfSampleFile(name);
      return epoch !== undefined && (epoch > epochs || withoutSamples.has(epoch));
    });
    const broken = brokenGridsText(folder, rows);
    if (broken !== undefined) warn(broken);
    const files = new RunFiles(folder, log, saveModels, warn, shape);
    const real = join(folder, GRID_FILES.real);
    if (!existsSync(real))
      await files.spared(() => replaceFile(real, files.gridPng(realSamples())));
    return files;
  }

  get rows(): readonly LogRow[] {
    return this.log.rows;
  }

  /**
   * Writes an epoch's files, the log last: a row in it means that the others are there, or that it was said why not.
   *
   * @param samples [64, ...image] in [-1, 1], where the epoch has any.
   * @returns a function that writes what is encoded by now; the samples may be overwritten meanwhile.
   */
  epoch(row: LogRow, samples: Float32Array | undefined): () => Promise<string[]> {
    const png = samples && this.gridPng(samples);
    const path = join(this.folder, sampleFile(row.epoch));
    return async () => {
      const isThere = png !== undefined && (await this.spared(() => replaceFile(path, png)));
      await this.log.add(row);
      return isThere ? [path] : [];
    };
  }

  /**
   * Can be written again from the checkpoint, and so ends no training.
   *
   * @param walk a picture of what they make on a walk through z, as {@link gridPng} gives it.
   */
  async saveModels(state: Checkpoint['state'], walk?: Uint8Array): Promise<void> {
    await this.spared(() => this.writeModels(this.folder, state));
    if (walk !== undefined)
      await this.spared(() => replaceFile(join(this.folder, GRID_FILES.walk), walk));
  }

  /** @param images [64, ...image]: in [-1, 1], or bytes. */
  gridPng(images: Float32Array | Uint8Array): Uint8Array {
    return encodePng(gridImage(images, this.shape, GRID_COLUMNS));
  }

  /** After what is not made again: a checkpoint that survives a loss of power must not outlive the names of grids and models. */
  async saveCheckpoint(checkpoint: Checkpoint): Promise<void> {
    await this.spared(() => {
      for (const path of ['.', ...RUN_FOLDERS].map((name) => join(this.folder, name)))
        explained('write', path, () => syncFolder(path));
    });
    const checkpoints = join(this.folder, RUN_FILES.checkpoints);
    await writeCheckpoint(checkpoints, checkpoint);
    await this.spared(() => removeOlder(checkpoints));
  }

  /** Whether it was written. A training does not end for a file that it does not go on from. */
  private async spared(write: () => void | Promise<void>): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      if (error instanceof LeaseLost || !existsSync(this.folder)) throw error;
      this.warn(`${messageOf(error)}; the training goes on`);
      return false;
    }
  }
}
