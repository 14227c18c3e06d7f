import { Worker } from 'node:worker_threads';
import { LeaseLost, messageOf, RunError, UserError } from '../errors.js';
import { Lease, type LeaseToken } from '../files/lease.js';
import type { LogRow } from '../runs/log.js';

export interface Order {
  readonly folder: string;
  readonly rows: readonly LogRow[];
  /** While which the folder may be written to; absent where nobody else does. */
  readonly lease?: LeaseToken;
}

/** Other messages are not ours: what is loaded before a program (`--import`) may send some. */
export type Answer =
  | { readonly drawn: true }
  /** Classes of errors do not pass from thread to thread. */
  | {
      readonly error: { readonly name: string; readonly message: string; readonly stack?: string };
    };

/** Pictures are large and short-lived: with room for few young objects, and so many collections, they are let go of sooner. */
const YOUNG_MEGABYTES = 2;

/**
 * Draws runs on a thread of its own, which starts with the first drawing, so that a training goes on meanwhile. A thread that
 * dies (out of memory, no threads to be had) fails the drawing under way; the next drawing has a new one.
 */
export class DrawingThread {
  private worker: Worker | undefined;

  constructor(private readonly program = new URL('./worker.js', import.meta.url)) {}

  /**
   * Draws a run as drawRun does. One drawing at a time.
   *
   * @throws what drawRun throws; RunError where the thread died.
   */
  async draw(folder: string, rows: readonly LogRow[]): Promise<void> {
    const worker = (this.worker ??= this.start());
    const lease = Lease.of(folder)?.token;
    const answer = new Promise<Answer>((resolve, reject) => {
      worker.on('message', (message: unknown) => {
        if (isAnswer(message)) resolve(message);
      });
      // Whatever was thrown there, which need not be an error.
      worker.once('error', (error: unknown) => {
        reject(new RunError(`the drawing thread died: ${messageOf(error)}`, { cause: error }));
      });
      worker.once('exit', (code) =>
        reject(new RunError(`the drawing thread ended with code ${code}`)),
      );
    });
    worker.postMessage({ folder, rows, ...(lease && { lease }) } satisfies Order);
    try {
      const result = await answer;
      if ('error' in result) throw revived(result.error);
    } finally {
      for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
      this.watch(worker);
    }
  }

  /** Ends the thread. No drawing may be under way. */
  async close(): Promise<void> {
    await this.worker?.terminate();
    this.worker = undefined;
  }

  private start(): Worker {
    const worker = new Worker(this.program, {
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
      // Ours holds JSON lines, or paths for a script.
      stdout: true,
    });
    worker.stdout.pipe(process.stderr, { end: false });
    this.watch(worker);
    return worker;
  }

  /** One that dies, also between two drawings, is forgotten; without a listener its error would end the process. */
  private watch(worker: Worker): void {
    const forget = (): void => {
      if (this.worker === worker) this.worker = undefined;
    };
    worker.on('error', forget).on('exit', forget);
  }
}

function isAnswer(message: unknown): message is Answer {
  return (
    typeof message === 'object' && message !== null && ('drawn' in message || 'error' in message)
  );
}

function revived({ name, message, stack }: Extract<Answer, { error: unknown }>['error']): Error {
  if (name === 'UserError') return new UserError(message);
  if (name === 'RunError') return new RunError(message);
  if (name === 'LeaseLost') return new LeaseLost(message);
  return Object.assign(new Error(message), { stack });
}
