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

  /** @param warn told once why a drawing failed; the training goes on, and the last drawing is tried all the same. */
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
    this.events = TensorBoardLog.begin(folder, rows);
  }

  async epoch({ row, rows }: Pick<EpochDone, 'row' | 'rows'>): Promise<void> {
    this.events?.add(row);
    if (this.failed) return;
    this.drawing ??= this.budget
      .draw(() => this.drawer.draw(this.folder, rows))
      .catch((error: unknown) => {
        this.failed = true;
        const reason = error instanceof Error ? error.message : String(error);
        this.warn(`the pictures are not drawn before the end: ${reason}`);
      })
      .finally(() => (this.drawing = undefined));
  }

  async finishing(rows: readonly LogRow[]): Promise<void> {
    await this.drawing;
    if (rows.length > 0) await this.drawer.draw(this.folder, rows);
  }

  async close(): Promise<void> {
    await this.drawing;
    await this.drawer.close();
  }
}
