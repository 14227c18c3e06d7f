import {
  block,
  br,
  brIf,
  loop,
  wasmFunction,
  when,
  type Code,
  type Local,
  type ValueType,
  type WasmFunction,
} from '../assembler.js';
import { atomic, i32 } from '../instructions.js';

/** How much memory a task may read beyond the end of an operand: a panel's row, of which it uses a part. */
export const SLACK_BYTES = 128;

/**
 * Work of a step that threads do together. Its function has the parameters (addresses, scratch, counter): where the
 * addresses of its operands and results stand, memory of the thread's own, and the number of units that are
 * claimed. Each thread runs it and claims units until there are none; no unit waits for another.
 */
export interface Task {
  /** Tasks of one signature share the function. */
  readonly signature: string;
  /** Operands and results. */
  readonly arrays: number;
  readonly units: number;
  /** Bytes that each thread needs for itself. */
  readonly scratch: number;
  /** What is wrong where its code traps. */
  readonly trap?: string;
  function(name: string): WasmFunction;
}

export const TASK_PARAMETERS = 3;

/** What a task's code is written with. */
export interface TaskContext {
  readonly local: (type?: ValueType) => Local;
  /** The address of each operand and result. */
  readonly addresses: readonly Local[];
  readonly scratch: Local;
  /** Which unit this turn is. */
  readonly unit: Local;
}

/**
 * A unit's share of a task's rows, of which it has `perUnit` and the last unit the rest: the first, the one after the last,
 * and the code that sets both.
 */
export function unitRange(
  { local, unit }: TaskContext,
  rows: number,
  perUnit: number,
): { readonly from: Local; readonly to: Local; readonly bounds: Code } {
  const [from, to] = [local(), local()];
  const bounds = [
    from.set(i32.mul(unit.get, perUnit)),
    to.set(i32.add(from.get, perUnit)),
    when(i32.lessUnsigned(rows, to.get), to.set(rows)),
  ];
  return { from, to, bounds };
}

/** A task's function: `once` is run before the first unit, what it returns for each. */
export function taskFunction(
  name: string,
  { arrays, units }: { readonly arrays: number; readonly units: number },
  build: (context: TaskContext) => { once?: Code; each: Code },
): WasmFunction {
  return wasmFunction(name, TASK_PARAMETERS, (local, places, scratch, counter) => {
    const addresses = Array.from({ length: arrays }, () => local());
    const unit = local();
    const { once = [], each } = build({ local, addresses, scratch, unit });
    return block(
      addresses.map((address, k) => address.set(i32.load(places.get, 4 * k))),
      once,
      loop(brIf(1, i32.atLeastUnsigned(unit.tee(atomic.add(counter.get, 1)), units)), each, br(0)),
    );
  });
}
