import { LeaseLost, messageOf } from '../errors.js';
import { shortageReason } from '../machine.js';
import type { LogRow } from '../runs/log.js';
import type { EpochDone, Follower, StartedRun } from '../training/follower.js';
import type { TensorBoardLog } from './tensorboard.js';
import { DrawingBudget } from './budget.js';
import { DrawingThread } from './thread.js';

/** What draws a run, wherever it does so. */
export type Drawer = Pick<DrawingThread, 'draw' | 'close'>;

/**
 * Keeps the pictures, the report and the TensorBoard event file of a running training current. Drawing is done beside the
 * training, as often as {@link DrawingBudget} allows, and once more at the end: what there is then is a function of the run
 * alone, whenever it was drawn before.
 */
export class CurrentDrawings implements Follower {
  private readonly budget: DrawingBudget;
  private folder = '';
  private events: TensorBoardLog | undefined;
  private drawing: Promise<unknown> | undefined;

  private failed = false;

  /**
   * @param warn told once why something is not drawn: the training goes on, and the last drawing is tried all the same. All
   *   of it can be made again from the run.
   */
  constructor(
    private readonly warn: (message: string) => void,
    private readonly drawer: Drawer = new DrawingThread(),
    budget = new DrawingBudget(),
  ) {
    this.budget = budget;
  }

  async started({ folder, rows }: Pick<StartedRun, 'folder' | 'rows'>): Promise<void> {
    this.folder = folder;
    const { TensorBoardLog } = await import('./tensorboard.js');
    this.addEvents(() => (this.events = TensorBoardLog.begin(folder, rows)));
  }

  async epoch({ row, rows }: Pick<EpochDone, 'row' | 'rows'>): Promise<void> {
    this.addEvents(() => this.events?.add(row));
    if (this.failed) return;
    this.drawing ??= this.budget
      .draw(() => this.drawer.draw(this.folder, rows))
      .catch((error: unknown) => {
        this.failed = true;
        this.warn(`the pictures are not drawn before the end: ${reasonOf(error)}`);
      })
      .finally(() => (this.drawing = undefined));
  }

  async finishing(rows: readonly LogRow[]): Promise<void> {
    await this.drawing;
    if (rows.length === 0) return;
    try {
      await this.drawer.draw(this.folder, rows);
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      this.warn(
        `the pictures and the report are not drawn: ${reasonOf(error)}; the run is whole without, and gan-mnist report ${this.folder} draws them`,
      );
    }
  }

  async close(): Promise<void> {
    await this.drawing;
    await this.drawer.close();
  }

  /** An event file with a gap would be read as one without: where one event is missing, no more follow, until the run is resumed. */
  private addEvents(add: () => void): void {
    try {
      add();
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      this.events = undefined;
      this.warn(
        `TensorBoard's events end before this epoch: ${reasonOf(error)}; the training goes on, and its next --resume adds them`,
      );
    }
  }
}

const reasonOf = (error: unknown): string => shortageReason(error) ?? messageOf(error);
