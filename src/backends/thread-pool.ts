import { Worker } from 'node:worker_threads';
import { SEAT, seatAddress } from '../compiler/wasm/threads.js';

/** As text: the same worker serves from the sources and from what is built of them. */
const WORKER = `
const { workerData, parentPort } = require('node:worker_threads');
const { module, memory, index, scratch } = workerData;
const { serve } = new WebAssembly.Instance(module, { env: { memory } }).exports;
parentPort.postMessage('ready');
serve(index, scratch);
`;

/** Threads that run a program's tasks beside this one. They do not keep the process alive. */
export interface ThreadPool {
  readonly size: number;
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
  const workers = await Promise.all(
    scratch.map(async (address, index) => {
      const worker = new Worker(WORKER, {
        eval: true,
        // The process's own (a loader, --input-type) are not for this text.
        execArgv: [],
        workerData: { module, memory, index, scratch: address },
      });
      await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
      worker.removeAllListeners();
      worker.unref();
      return worker;
    }),
  );
  const words = new Int32Array(memory.buffer);
  const end = async (worker: Worker, index: number): Promise<void> => {
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    worker.ref();
    const seat = seatAddress(index) / 4;
    Atomics.store(words, seat, SEAT.ended);
    Atomics.notify(words, seat);
    await exited;
  };
  let ended: Promise<unknown> | undefined;
  return {
    size: workers.length,
    async end() {
      await (ended ??= Promise.all(workers.map(end)));
    },
  };
}
