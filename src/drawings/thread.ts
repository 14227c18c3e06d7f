import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { RunError, UserError } from '../errors.js';
import type { LogRow } from '../runs/log.js';

export interface Order {
  readonly folder: string;
  readonly rows: readonly LogRow[];
}

export interface Answer {
  /** Classes of errors do not pass from thread to thread. */
  readonly error?: { readonly name: string; readonly message: string; readonly stack?: string };
}

/** Pictures are large and short-lived: with room for few young objects, and so many collections, they are let go of sooner. */
const YOUNG_MEGABYTES = 2;

/** Draws runs on a thread of its own, which starts with the first drawing, so that a training goes on meanwhile. */
export class DrawingThread {
  private worker: Worker | undefined;

  /** Draws a run as drawRun does. One drawing at a time. */
  async draw(folder: string, rows: readonly LogRow[]): Promise<void> {
    this.worker ??= new Worker(new URL('./worker.js', import.meta.url), {
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
    });
    this.worker.postMessage({ folder, rows } satisfies Order);
    const [{ error }] = (await once(this.worker, 'message')) as [Answer];
    if (error !== undefined) throw revived(error);
  }

  /** Ends the thread. No drawing may be under way. */
  async close(): Promise<void> {
    await this.worker?.terminate();
  }
}

function revived({ name, message, stack }: NonNullable<Answer['error']>): Error {
  if (name === 'UserError') return new UserError(message);
  if (name === 'RunError') return new RunError(message);
  return Object.assign(new Error(message), { stack });
}
