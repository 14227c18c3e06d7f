import type { State } from '../graph/graph.js';
import { addTo, bytesOf, isNode, storageOf, type Value } from '../graph/value.js';
import type { Target } from '../target.js';
import { loopTask } from '../wasm/tasks/loop.js';
import { isLaneOp } from '../wasm/tasks/elementwise-ops.js';
import { generatedOp } from '../wasm/tasks/generated-ops.js';
import type { Task } from '../wasm/tasks/task.js';
import { loops } from './loops.js';

/** What is done with nothing in between: storages that are read, and those that are written. */
export interface Operation {
  readonly operands: readonly Value[];
  readonly results: readonly Value[];
  /** Operands of which each element is read by whoever writes the result's element at its place, and before. */
  readonly aligned?: ReadonlySet<Value>;
}

/** A task on its arrays. */
export interface Call extends Operation {
  readonly task: Task;
  /** What it computes, results and what is in between. */
  readonly values: readonly Value[];
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
  const flushed = new Set(states.filter(decays).map(({ next }) => next));
  const others = order.flatMap((value): Call[] => {
    if (isLaneOp(value)) return [];
    const { operands, task } = generatedOp(value)!;
    return [{ task: task(target), values: [value], operands, results: [value] }];
  });
  const fused = loops(order, kept).map((loop): Call => {
    const { members: values, results } = loop;
    return { ...loopTask({ ...loop, flushed }), values, results };
  });
  const calls = [...fused, ...others].sort((a, b) => placeOf(a) - placeOf(b));
  return readersFirst(calls, kept, states);
}

/** Whether a state's next value is a part of the current one and something else, as a moment's or a moving average's. */
const decays = ({ current, next }: State): boolean =>
  isNode(next, 'Add') &&
  next.dtype === 'float32' &&
  next.source.operands.some(
    (term) => isNode(term, 'Mul') && term.source.operands.includes(current),
  );

/**
 * Of the calls whose operands are there, and which overwrite no state that others have yet to read: the first that gives
 * back more memory than it takes, else the first of all; and so on.
 */
function readersFirst(
  calls: readonly Call[],
  kept: ReadonlySet<Value>,
  states: readonly State[],
): Call[] {
  const currentOf = new Map(states.map(({ current, next }) => [storageOf(next), current] as const));
  const results = new Set(calls.flatMap((call) => call.results));
  const readers = new Map<Value, number[]>();
  calls.forEach(({ operands }, k) => operands.forEach((operand) => addTo(readers, operand, k)));
  const unread = new Map([...readers].map(([value, { length }]) => [value, length]));
  const missing = calls.map(({ operands }) => operands.filter((x) => results.has(x)).length);
  const isPolite = (k: number): boolean =>
    calls[k].results.every((result) => {
      const state = currentOf.get(result);
      if (state === undefined) return true;
      return (unread.get(state) ?? 0) <= Number(calls[k].operands.includes(state));
    });
  const bytes = (values: readonly Value[]): number =>
    values.reduce((sum, value) => sum + (kept.has(value) ? 0 : bytesOf(value)), 0);
  const shrinks = (k: number): boolean =>
    bytes(calls[k].operands.filter((x) => results.has(x) && unread.get(x) === 1)) >
    bytes(calls[k].results);
  const done = new Set<number>();
  // Both in ascending order; what is among the second stays there until it is called.
  const ready: number[] = [];
  const shrinking: number[] = [];
  const consider = (k: number): void => {
    if (missing[k] > 0 || done.has(k)) return;
    if (!ready.includes(k)) insert(ready, k);
    if (!shrinking.includes(k) && shrinks(k)) insert(shrinking, k);
  };
  calls.forEach((_, k) => consider(k));
  return calls.map(() => {
    const k = shrinking.find(isPolite) ?? ready.find(isPolite) ?? ready[0];
    if (k === undefined) throw new Error('compiler bug: tasks wait for one another');
    done.add(k);
    remove(ready, k);
    remove(shrinking, k);
    for (const operand of calls[k].operands) {
      unread.set(operand, unread.get(operand)! - 1);
      if (unread.get(operand) === 1) readers.get(operand)!.forEach(consider);
    }
    for (const reader of calls[k].results.flatMap((result) => readers.get(result) ?? [])) {
      missing[reader]--;
      consider(reader);
    }
    return calls[k];
  });
}

/** Puts a number into an ascending list. */
function insert(list: number[], x: number): void {
  const at = list.findIndex((y) => y > x);
  list.splice(at < 0 ? list.length : at, 0, x);
}

function remove(list: number[], x: number): void {
  const at = list.indexOf(x);
  if (at >= 0) list.splice(at, 1);
}
