import {
  block,
  br,
  brIf,
  call,
  callIndirect,
  drop,
  loop,
  returnNow,
  wasmFunction,
  when,
  type Code,
  type Operand,
  type WasmFunction,
} from './assembler.js';
import { atomic, count, i32 } from './instructions.js';
import { TASK_PARAMETERS } from './tasks/task.js';

/**
 * Threads over one memory. A worker looks for a job for a while, then sleeps. A job is a call of a task; a worker that
 * has not come to it when it is done is not waited for: it is shut before the worker can enter.
 */

/** Words of the control block, each on a line of the cache of its own. */
const COUNTER = 0;
/** The call that is being done. */
export const JOB = 128;
/** The call whose workers `run` no longer waits for, until it is called again with it; else 0. */
export const PENDING = 132;
/** The call at which a worker failed; else 0. */
export const FAILED = 136;
const SEATS = 256;
const SEAT_BYTES = 256;
const ASLEEP = 128;
/** A worker's seat: nothing to do, a job to enter, the worker at it, the end. */
export const SEAT = { shut: 0, open: 1, taken: 2, ended: 3 } as const;
/** Looks for a job before a worker sleeps, about 50 microseconds: the time between two steps. */
const LOOKS = 50_000;
/** Looks for the last worker before `run` lets its caller see whether that is still alive, about 0.1 seconds. */
const PATIENCE = 100_000_000;

export const controlBytes = (threads: number): number => SEATS + SEAT_BYTES * threads;
/** Where a worker's seat is, in a control block at 0. */
export const seatAddress = (worker: number): number => SEATS + SEAT_BYTES * worker;

/** A call in memory: the function's number in the table, where its addresses stand, how many workers take part. */
export const CALL_BYTES = 16;

/**
 * `run` (scratch, from, to): every call from one address to another, on this thread and on as many workers as each wants.
 * Where a worker does not come to an end, it returns with {@link PENDING} set, and goes on when called again from there.
 * `serve` (worker, scratch): a worker's life.
 *
 * @param first number of the first of these functions.
 */
export function threadFunctions(first: number): WasmFunction[] {
  return [
    runFunction(),
    serveFunction(first + 2),
    // On its own: the baseline compiler of V8 11.3 (Node 20) loses locals that are used after a wait.
    wasmFunction('sleep', 1, (_, seat) => drop(atomic.wait(seat.get, SEAT.shut))),
  ];
}

const seatOf = (worker: Operand): readonly Code[] => i32.add(i32.mul(worker, SEAT_BYTES), SEATS);
const asleep = (seat: Operand): Operand => i32.add(seat, ASLEEP);
const runCall = (job: Operand, scratch: Operand): Code =>
  callIndirect(TASK_PARAMETERS, i32.load(job), i32.load(job, 4), scratch, i32.const(COUNTER));

function runFunction(): WasmFunction {
  return wasmFunction('run', 3, (local, scratch, from, to) => {
    const [job, worker, seat, helpers, looks] = Array.from({ length: 5 }, () => local());
    const open: Code = [
      count(worker, 0, helpers.get, 1, [
        seat.set(seatOf(worker.get)),
        atomic.store(seat.get, SEAT.open),
        when(atomic.load(asleep(seat.get)), drop(atomic.notify(seat.get, 1))),
      ]),
    ];
    const join: Code = [
      looks.set(PATIENCE),
      loop(
        when(atomic.load(seat.get), [
          brIf(1, looks.tee(i32.sub(looks.get, 1))),
          i32.store(PENDING, job.get),
          returnNow,
        ]),
      ),
    ];
    const close = count(worker, 0, helpers.get, 1, [
      seat.set(seatOf(worker.get)),
      when(i32.ne(atomic.compareExchange(seat.get, SEAT.open, SEAT.shut), SEAT.open), join),
    ]);
    return count(job, from.get, to.get, CALL_BYTES, [
      helpers.set(i32.load(job.get, 8)),
      when(i32.eq(i32.load(PENDING), job.get), i32.store(PENDING, 0), [
        i32.store(JOB, job.get),
        atomic.store(COUNTER, 0),
        when(helpers.get, open),
        runCall(job.get, scratch.get),
      ]),
      when(helpers.get, close),
    ]);
  });
}

/** @param sleep number of the function that waits. */
function serveFunction(sleep: number): WasmFunction {
  return wasmFunction('serve', 2, (local, worker, scratch) => {
    const [left, seat, state] = [local(), local(), local()];
    const look = loop(
      brIf(1, state.tee(atomic.load(seat.get))),
      brIf(0, left.tee(i32.sub(left.get, 1))),
      atomic.store(asleep(seat.get), 1),
      call(sleep, seat.get),
      atomic.store(asleep(seat.get), 0),
      left.set(LOOKS),
      br(0),
    );
    return [
      seat.set(seatOf(worker.get)),
      loop(
        left.set(LOOKS),
        block(look),
        when(i32.eq(state.get, SEAT.ended), returnNow),
        when(i32.eq(atomic.compareExchange(seat.get, SEAT.open, SEAT.taken), SEAT.open), [
          runCall(i32.load(JOB), scratch.get),
          atomic.store(seat.get, SEAT.shut),
        ]),
        br(0),
      ),
    ];
  });
}
