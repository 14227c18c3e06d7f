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

/** Code of a task: `once` is run before a thread's first unit, `each` for each unit. */
export interface TaskCode {
  readonly once?: Code;
  readonly each: Code;
}

/** A task's function. */
export function taskFunction(
  name: string,
  { arrays, units }: Pick<Task, 'arrays' | 'units'>,
  build: (context: TaskContext) => TaskCode,
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

/** Rows of work that are each done by themselves. */
export interface Rows {
  readonly rows: number;
  /** Rows of a unit; the last unit has the rest. */
  readonly perUnit: number;
  /** Code for the rows from one to before another. */
  readonly code: (context: TaskContext, from: Local, to: Local) => TaskCode;
}

/** How many rows make a unit of about so many elements. */
export const rowsOf = (elements: number, elementsOfRow: number): number =>
  Math.max(1, Math.floor(elements / elementsOfRow));

/** The task of one list of rows after another, in any order. */
export function rowsTask(
  given: Pick<Task, 'signature' | 'arrays' | 'trap'>,
  ...lists: readonly Rows[]
): Task {
  const counts = lists.map(({ rows, perUnit }) => Math.ceil(rows / perUnit));
  const units = counts.reduce((sum, count) => sum + count, 0);
  const build = (context: TaskContext): TaskCode => {
    const [from, to] = [context.local(), context.local()];
    let first = 0;
    const codes = lists.map(({ rows, perUnit, code }, k) => {
      const { once = [], each } = code(context, from, to);
      const unit = first === 0 ? context.unit.get : i32.sub(context.unit.get, first);
      first += counts[k];
      const share: Code = [
        from.set(i32.mul(unit, perUnit)),
        to.set(i32.add(from.get, perUnit)),
        when(i32.lessUnsigned(rows, to.get), to.set(rows)),
        each,
      ];
      return {
        once,
        each: lists.length === 1 ? share : when(i32.lessUnsigned(unit, counts[k]), share),
      };
    });
    return { once: codes.map(({ once }) => once), each: codes.map(({ each }) => each) };
  };
  const task = { ...given, units, scratch: 0 };
  return { ...task, function: (name) => taskFunction(name, task, build) };
}

/** The same for each row, counted by `row` itself. */
export const eachRow = (row: Local, end: Local, ...body: readonly Code[]): Code =>
  loop(...body, brIf(0, i32.lessUnsigned(row.tee(i32.add(row.get, 1)), end.get)));
