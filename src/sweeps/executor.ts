import { EXIT_CODES } from '../errors.js';
import { labelOf, type Sweep } from '../runs/sweep.js';
import { startJob, type JobEvent } from './job.js';

/** Who follows the runs of a sweep on this machine. What one of the parts throws stops all, which are saved, and is thrown on then. */
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
 * @throws what the follower throws.
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
  const broken = new AbortController();
  const stop = AbortSignal.any([broken.signal, ...(signal === undefined ? [] : [signal])]);
  const told = async (tell: () => void | Promise<void>): Promise<void> => {
    try {
      await tell();
    } catch (error) {
      broken.abort(error);
    }
  };
  const work = async (): Promise<void> => {
    for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
      if (stop.aborted) return;
      const args = ['sweep', 'run', sweep.folder, '--index', String(index), '--json'];
      const job = startJob(args, (event) => void told(() => follower.event?.(index, event)));
      stop.addEventListener('abort', job.interrupt);
      const { code, lastWords } = await job.ended;
      stop.removeEventListener('abort', job.interrupt);
      if (code === EXIT_CODES.done || (stop.aborted && code === EXIT_CODES.interrupted)) {
        await told(() => follower.ended?.(index));
        continue;
      }
      failed.push(index);
      const message = `${labelOf(sweep, sweep.runs[index])} failed: ${lastWords}`;
      await told(() => follower.failed?.(index, message));
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  broken.signal.throwIfAborted();
  return { interrupted: stop.aborted, failed: failed.sort((a, b) => a - b) };
}
