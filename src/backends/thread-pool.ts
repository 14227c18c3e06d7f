import { Worker } from 'node:worker_threads';
import { messageOf, RunError } from '../errors.js';
import { FAILED, JOB, SEAT, seatAddress } from '../compiler/wasm/threads.js';
import { afterSilence } from '../silence.js';

/** Other messages are not ours: what is loaded before a program may send some. */
const READY = 'ready to compute';

/** As text: the same worker serves from the sources and from what is built of them. */
const WORKER = `
const { workerData, parentPort } = require('node:worker_threads');
const { module, memory, index, scratch, seat, job, failed } = workerData;
const { serve } = new WebAssembly.Instance(module, { env: { memory } }).exports;
parentPort.postMessage('${READY}');
try {
  serve(index, scratch);
} catch {
  const words = new Int32Array(memory.buffer);
  Atomics.store(words, failed, words[job]);
  Atomics.store(words, seat, ${SEAT.shut});
}
`;

/** Once in a process: a training has several steps. */
let saidTooFew = false;

/** How long a worker may take to start: what is loaded before it may wait for something that never comes. */
const LONGEST_START_MS = 30_000;

/** How long a worker that is told to end may take until it is made to. */
const LONGEST_END_MS = 1000;

/**
 * Threads that run a program's tasks beside this one. They do not keep the process alive. Nobody waits for one that has not come to a
 * task, so that fewer than were asked for do the same, to the bit.
 */
export interface ThreadPool {
  /** Of a task that does not come to its end. @throws RunError where a worker has ended that was not told to. */
  check(): void;
  end(): Promise<void>;
}

/**
 * Starts workers on a module of generated tasks.
 *
 * @param scratch the address of each worker's own memory.
 * @param warn told of those that do not start (no more threads or memory to be had) or end by themselves.
 * @param longestStart milliseconds after which one that is not there is given up.
 */
export async function startThreads(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  scratch: readonly number[],
  warn: (sentence: string) => void,
  longestStart = LONGEST_START_MS,
): Promise<ThreadPool> {
  let lost: string | undefined;
  let ended: Promise<unknown> | undefined;
  const all = scratch.length + 1;
  const starting = scratch.map((address, index) =>
    start(module, memory, address, index, longestStart),
  );
  const results = await Promise.allSettled(starting);
  const started = results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = results.flatMap((one) =>
    one.status === 'rejected' ? [messageOf(one.reason)] : [],
  );
  if (failed.length > 0 && !saidTooFew) {
    saidTooFew = true;
    warn(
      `${failed.length} of the ${all} threads of the step do not start (${failed[0]}): the others do the work`,
    );
  }
  for (const { worker, index, exited } of started) {
    worker.on('error', (error) => (lost = `a thread of the step failed: ${messageOf(error)}`));
    worker.unref();
    void exited.then((code) => {
      if (ended !== undefined) return;
      lost = `thread ${index + 2} of ${all} of the step ended by itself (code ${code})`;
      warn(`${lost}: the others do the work`);
    });
  }
  const end = async ({ worker, index, exited }: Started): Promise<void> => {
    worker.ref();
    const words = new Int32Array(memory.buffer);
    const seat = seatAddress(index) / 4;
    Atomics.store(words, seat, SEAT.ended);
    Atomics.notify(words, seat);
    const timer = setTimeout(() => void worker.terminate(), LONGEST_END_MS);
    await exited;
    clearTimeout(timer);
  };
  return {
    check() {
      if (lost !== undefined) throw new RunError(lost);
    },
    async end() {
      await (ended ??= Promise.all(started.map(end)));
    },
  };
}

interface Started {
  readonly worker: Worker;
  readonly index: number;
  /** With its exit code. */
  readonly exited: Promise<number>;
}

/** Starts a worker. Rejects where the system has none to give, or something that is loaded before it fails. */
async function start(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  scratch: number,
  index: number,
  longest: number,
): Promise<Started> {
  const worker = new Worker(WORKER, {
    eval: true,
    // The process's own (a loader, --input-type) are not for this text.
    execArgv: [],
    // NODE_OPTIONS may load what prints: it has done so in this thread already, whose stdout holds JSON lines, or paths for a script.
    // Nobody reads these streams, since a stream that is read keeps the process alive.
    stdout: true,
    stderr: true,
    workerData: {
      ...{ module, memory, index, scratch },
      ...{ seat: seatAddress(index) / 4, job: JOB / 4, failed: FAILED / 4 },
    },
  });
  const exited = new Promise<number>((resolve) => worker.once('exit', resolve));
  const started = new Promise((resolve, reject) => {
    worker.on('message', (message) => message === READY && resolve(undefined));
    // Whatever was thrown there, which need not be an error.
    worker.once('error', (error: unknown) => reject(new Error(messageOf(error))));
    void exited.then((code) => reject(new Error(`it ended with code ${code}`)));
  });
  using silence = afterSilence(longest);
  const late = silence.over.then(() => {
    throw new Error(`it is not there after ${longest / 1000} s`);
  });
  try {
    await Promise.race([started, late]);
  } catch (error) {
    void worker.terminate();
    throw error;
  }
  return { worker, index, exited };
}
