import type { State } from '../graph/graph.js';
import { isNode, storageOf, type Value } from '../graph/value.js';
import type { Target } from '../target.js';
import { isWhole } from '../wasm/tasks/axes.js';
import { readsOf, type Loop } from '../wasm/tasks/lanes.js';
import { loopOperands, loopTask } from '../wasm/tasks/loop.js';
import { isLaneOp } from '../wasm/tasks/elementwise-ops.js';
import { generatedOp } from '../wasm/tasks/generated-ops.js';
import type { Task } from '../wasm/tasks/task.js';
import { loops } from './loops.js';

/** A task on its arrays. */
export interface Call {
  readonly task: Task;
  /** What it computes, results and what is in between. */
  readonly values: readonly Value[];
  readonly operands: readonly Value[];
  readonly results: readonly Value[];
  /** Operands of which each element is read by whoever writes the result's element at its place, and before. */
  readonly aligned: ReadonlySet<Value>;
}

/**
 * The calls of a stage, in an order in which a state is read before it is overwritten, as far as there is one.
 *
 * @param order the values that the stage computes, operands first.
 * @param kept those that others need.
 */
export function callsOf(
  order: readonly Value[],
  kept: ReadonlySet<Value>,
  states: readonly State[],
  target: Target,
): Call[] {
  const places = new Map(order.map((value, k) => [value, k] as const));
  const placeOf = ({ results }: Call): number => Math.max(...results.map((x) => places.get(x)!));
  const others = order.flatMap((value): Call[] => {
    if (isLaneOp(value)) return [];
    const { operands, task } = generatedOp(value)!;
    return [
      { task: task(target), values: [value], operands, results: [value], aligned: new Set() },
    ];
  });
  const decaying = new Set(states.filter(decays).map(({ next }) => next));
  const calls = loops(order, kept).map((parts) =>
    loopCall({
      ...parts,
      flushed: new Set(parts.results.filter((x) => decaying.has(x))),
    }),
  );
  return readersFirst(
    [...calls, ...others].sort((a, b) => placeOf(a) - placeOf(b)),
    states,
  );
}

/** Whether a state's next value is a part of the current one and something else, as a moment's or a moving average's. */
function decays({ current, next }: State): boolean {
  if (!isNode(next, 'Add') || next.dtype !== 'float32') return false;
  return next.source.operands.some(
    (term) => isNode(term, 'Mul') && term.source.operands.includes(current),
  );
}

function loopCall(loop: Loop): Call {
  const operands = loopOperands(loop);
  const reads = loop.members.flatMap(readsOf);
  const spread = new Set(
    reads.filter(({ pattern }) => !isWhole(pattern)).map(({ array }) => array),
  );
  return {
    task: loopTask(loop),
    values: loop.members,
    operands,
    results: loop.results,
    aligned: new Set(operands.filter((operand) => !spread.has(operand))),
  };
}

/** The first call whose operands are there, but for those that overwrite a state which others have yet to read; and so on. */
function readersFirst(calls: readonly Call[], states: readonly State[]): Call[] {
  const currentOf = new Map(states.map(({ current, next }) => [storageOf(next), current] as const));
  const results = new Set(calls.flatMap((call) => call.results));
  /** Calls that read each array, of those that are left. */
  const readers = new Map<Value, number[]>();
  calls.forEach(({ operands }, k) => {
    for (const operand of operands) if (!readers.get(operand)?.push(k)) readers.set(operand, [k]);
  });
  const unread = new Map([...readers].map(([value, { length }]) => [value, length]));
  const missing = calls.map(({ operands }) => operands.filter((x) => results.has(x)).length);
  const isPolite = (k: number): boolean =>
    calls[k].results.every((result) => {
      const state = currentOf.get(result);
      if (state === undefined) return true;
      return (unread.get(state) ?? 0) <= Number(calls[k].operands.includes(state));
    });
  /** In ascending order. */
  const ready = missing.flatMap((count, k) => (count === 0 ? [k] : []));
  return calls.map(() => {
    const [k] = ready.splice(Math.max(0, ready.findIndex(isPolite)), 1);
    if (k === undefined) throw new Error('compiler bug: tasks wait for one another');
    for (const operand of calls[k].operands) unread.set(operand, unread.get(operand)! - 1);
    for (const result of calls[k].results)
      for (const reader of readers.get(result) ?? [])
        if (--missing[reader] === 0) insert(ready, reader);
    return calls[k];
  });
}

/** Puts a number into an ascending list. */
function insert(list: number[], x: number): void {
  const at = list.findIndex((y) => y > x);
  list.splice(at < 0 ? list.length : at, 0, x);
}
