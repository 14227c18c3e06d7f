import { Worker } from 'node:worker_threads';
import { LeaseLost, messageOf, RunError, UserError } from '../errors.js';
import { Lease, type LeaseToken } from '../files/lease.js';
import type { LogRow } from '../runs/log.js';
import { afterSilence } from '../silence.js';

export interface Order {
  readonly folder: string;
  readonly rows: readonly LogRow[];
  /** While which the folder may be written to; absent where nobody else does. */
  readonly lease?: LeaseToken;
}

/** Other messages are not ours: what is loaded before a program (`--import`) may send some. */
export type Answer = Result | { readonly progressed: true };

/** How a drawing has ended. */
type Result =
  | { readonly drawn: true }
  /** Classes of errors do not pass from thread to thread. */
  | {
      readonly error: { readonly name: string; readonly message: string; readonly stack?: string };
    };

/** Pictures are large and short-lived: with room for few young objects, and so many collections, they are let go of sooner. */
const YOUNG_MEGABYTES = 2;

/** Without a sign of progress. A piece of a drawing takes some tenths of a second, or some seconds where twenty others want the processor. */
const PATIENCE_MS = 60_000;

/**
 * Draws runs on a thread of its own, which starts with the first drawing, so that a training goes on meanwhile. A thread that
 * dies (out of memory, no threads to be had), or that comes no further, fails the drawing under way; the next drawing has a new one.
 */
export class DrawingThread {
  private worker: Worker | undefined;

  /** @param patience milliseconds after which a thread that gives no sign of progress is given up. */
  constructor(
    private readonly program = new URL('./worker.js', import.meta.url),
    private readonly patience = PATIENCE_MS,
  ) {}

  /**
   * Draws a run as drawRun does. One drawing at a time.
   *
   * @throws what drawRun throws; RunError where the thread died or was given up.
   */
  async draw(folder: string, rows: readonly LogRow[]): Promise<void> {
    const worker = (this.worker ??= this.start());
    const lease = Lease.of(folder)?.token;
    try {
      worker.postMessage({ folder, rows, ...(lease && { lease }) } satisfies Order);
      const result = await this.answerOf(worker);
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

  private async answerOf(worker: Worker): Promise<Result> {
    using silence = afterSilence(this.patience);
    const answer = new Promise<Result>((resolve, reject) => {
      worker.on('message', (message: unknown) => {
        if (!isAnswer(message)) return;
        if ('progressed' in message) silence.sign();
        else resolve(message);
      });
      // Whatever was thrown there, which need not be an error.
      worker.once('error', (error: unknown) => {
        reject(new RunError(`the drawing thread died: ${messageOf(error)}`, { cause: error }));
      });
      worker.once('exit', (code) =>
        reject(new RunError(`the drawing thread ended with code ${code}`)),
      );
    });
    return await Promise.race([answer, silence.over.then(() => this.giveUp(worker))]);
  }

  private giveUp(worker: Worker): never {
    if (this.worker === worker) this.worker = undefined;
    // Not waited for: a thread that waits for a disk does not end before that answers.
    void worker.terminate();
    worker.unref();
    throw new RunError(`the drawing thread has come no further for ${this.patience / 1000} s`);
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

const isAnswer = (message: unknown): message is Answer =>
  typeof message === 'object' &&
  message !== null &&
  ['drawn', 'error', 'progressed'].some((kind) => kind in message);

function revived({ name, message, stack }: Extract<Result, { error: unknown }>['error']): Error {
  if (name === 'UserError') return new UserError(message);
  if (name === 'RunError') return new RunError(message);
  if (name === 'LeaseLost') return new LeaseLost(message);
  return Object.assign(new Error(message), { stack });
}
