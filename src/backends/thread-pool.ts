import { Worker } from 'node:worker_threads';
import { RunError } from '../errors.js';
import { FAILED, JOB, SEAT, seatAddress } from '../compiler/wasm/threads.js';

/** As text: the same worker serves from the sources and from what is built of them. */
const WORKER = `
const { workerData, parentPort } = require('node:worker_threads');
const { module, memory, index, scratch, seat, job, failed } = workerData;
const { serve } = new WebAssembly.Instance(module, { env: { memory } }).exports;
parentPort.postMessage('ready');
try {
  serve(index, scratch);
} catch {
  const words = new Int32Array(memory.buffer);
  Atomics.store(words, failed, words[job]);
  Atomics.store(words, seat, ${SEAT.shut});
}
`;

/** How long a worker that is told to end may take until it is made to. */
const LONGEST_END_MS = 1000;

/** Threads that run a program's tasks beside this one. They do not keep the process alive. */
export interface ThreadPool {
  /** @throws RunError where a worker has ended that was not told to. */
  check(): void;
  end(): Promise<void>;
}

/**
 * Starts workers on a module of generated tasks.
 *
 * @param scratch the address of each worker's own memory.
 */
export async function startThreads(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  scratch: readonly number[],
): Promise<ThreadPool> {
  let lost: string | undefined;
  let ended: Promise<unknown> | undefined;
  const started = scratch.map((address, index) => {
    const worker = new Worker(WORKER, {
      eval: true,
      // The process's own (a loader, --input-type) are not for this text.
      execArgv: [],
      workerData: {
        ...{ module, memory, index, scratch: address },
        ...{ seat: seatAddress(index) / 4, job: JOB / 4, failed: FAILED / 4 },
      },
    });
    const ready = new Promise((resolve, reject) =>
      worker.once('message', resolve).once('error', reject),
    );
    const exited = new Promise<void>((resolve) => {
      worker.once('exit', (code) => {
        if (ended === undefined)
          lost = `thread ${index + 2} of ${scratch.length + 1} of the step ended by itself (code ${code})`;
        resolve();
      });
    });
    return { worker, ready, exited };
  });
  const end = async (
    { worker, exited }: (typeof started)[number],
    index: number,
  ): Promise<void> => {
    worker.ref();
    const words = new Int32Array(memory.buffer);
    const seat = seatAddress(index) / 4;
    Atomics.store(words, seat, SEAT.ended);
    Atomics.notify(words, seat);
    const timer = setTimeout(() => void worker.terminate(), LONGEST_END_MS);
    await exited;
    clearTimeout(timer);
  };
  const pool: ThreadPool = {
    check() {
      if (lost !== undefined) throw new RunError(lost);
    },
    async end() {
      await (ended ??= Promise.all(started.map(end)));
    },
  };
  try {
    await Promise.all(started.map(({ ready }) => ready));
  } catch (error) {
    await pool.end();
    throw error;
  }
  for (const { worker } of started) {
    worker.on('error', ({ message }) => (lost = `a thread of the step failed: ${message}`));
    worker.unref();
  }
  return pool;
}
