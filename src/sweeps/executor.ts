import { EXIT_CODES } from '../errors.js';
import { labelOf, type Sweep } from '../runs/sweep.js';
import { startJob, type JobEvent } from './job.js';

/** Who follows the runs of a sweep on this machine. */
export interface SweepFollower {
  /** What the process of a run says. */
  event?(index: number, event: JobEvent): void;
  /** A run has ended without an error: done, or interrupted and saved. */
  ended?(index: number): void | Promise<void>;
  failed?(index: number, message: string): void | Promise<void>;
}

export interface SweepOutcome {
  readonly interrupted: boolean;
  /** Indices of the runs that failed. */
  readonly failed: readonly number[];
}

/**
 * Trains runs of a sweep here, each in a process of its own. Those that fail do not keep the others from finishing.
 *
 * @param indices of those that are not trained yet.
 * @param jobs at a time.
 * @param signal stops all after the step under way; what there is gets saved.
 */
export async function trainRuns(
  sweep: Sweep,
  indices: readonly number[],
  jobs: number,
  follower: SweepFollower,
  signal?: AbortSignal,
): Promise<SweepOutcome> {
  const waiting = [...indices];
  const failed: number[] = [];
  const stopped = (): boolean => signal?.aborted === true;
  const work = async (): Promise<void> => {
    for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
      if (stopped()) return;
      const args = ['sweep', 'run', sweep.folder, '--index', String(index), '--json'];
      const job = startJob(args, (event) => follower.event?.(index, event));
      signal?.addEventListener('abort', job.interrupt);
      const { code, lastWords } = await job.ended;
      signal?.removeEventListener('abort', job.interrupt);
      if (code === EXIT_CODES.done || (stopped() && code === EXIT_CODES.interrupted)) {
        await follower.ended?.(index);
        continue;
      }
      failed.push(index);
      await follower.failed?.(index, `${labelOf(sweep, sweep.runs[index])} failed: ${lastWords}`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return { interrupted: stopped(), failed: failed.sort((a, b) => a - b) };
}
