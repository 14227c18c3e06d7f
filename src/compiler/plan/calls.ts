import type { State } from '../graph/graph.js';
import { isNode, operandsOf, scalarOf, storageOf, type Value } from '../graph/value.js';
import type { Target } from '../target.js';
import { isWhole } from '../wasm/tasks/pattern.js';
import { operandPattern, type Loop } from '../wasm/tasks/lanes.js';
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

/** The storages that generated code reads for a value. */
export function operandStorages(value: Value): readonly Value[] {
  if (value.source.kind !== 'node') return [];
  if (isLaneOp(value))
    return operandsOf(value)
      .filter((operand) => scalarOf(operand) === undefined)
      .map(storageOf);
  return generatedOp(value)!.operands;
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
  const calls = loops(order, operandStorages, kept).map((parts) =>
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
  const spread = new Set(
    loop.members.flatMap((value) =>
      operandsOf(value)
        .filter((operand) => !isWhole(operandPattern(value, operand)))
        .map(storageOf),
    ),
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
  const currentOf = new Map(
    states.flatMap(({ current, next }) =>
      next === current ? [] : [[storageOf(next), current] as const],
    ),
  );
  const writers = new Map<Value, number>();
  const readers = new Map<Value, number[]>();
  calls.forEach(({ operands, results }, k) => {
    for (const result of results) writers.set(result, k);
    for (const operand of operands) {
      if (readers.has(operand)) readers.get(operand)!.push(k);
      else readers.set(operand, [k]);
    }
  });
  const overwriters = new Map<Value, number>();
  for (const [next, current] of currentOf)
    if (writers.has(next)) overwriters.set(current, writers.get(next)!);
  const missing = calls.map(
    ({ operands }) => operands.filter((operand) => writers.has(operand)).length,
  );
  const toRead = new Map([...readers].map(([value, who]) => [value, who.length]));
  const isPolite = (k: number): boolean =>
    calls[k].results.every((result) => {
      const state = currentOf.get(result);
      const own = state !== undefined && calls[k].operands.includes(state) ? 1 : 0;
      return state === undefined || (toRead.get(state) ?? 0) <= own;
    });
  const [polite, rude]: number[][] = [[], []];
  const enter = (k: number): void => insert(isPolite(k) ? polite : rude, k);
  calls.forEach((_, k) => missing[k] === 0 && enter(k));
  const ordered: Call[] = [];
  while (ordered.length < calls.length) {
    const k = polite.shift() ?? rude.shift();
    if (k === undefined) throw new Error('compiler bug: tasks wait for one another');
    ordered.push(calls[k]);
    for (const operand of calls[k].operands) {
      toRead.set(operand, toRead.get(operand)! - 1);
      const waiting = overwriters.get(operand) ?? -1;
      const at = rude.indexOf(waiting);
      if (at >= 0 && isPolite(waiting)) enter(...(rude.splice(at, 1) as [number]));
    }
    for (const result of calls[k].results)
      for (const reader of readers.get(result) ?? []) if (--missing[reader] === 0) enter(reader);
  }
  return ordered;
}

/** Puts a number into an ascending list. */
function insert(list: number[], x: number): void {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] < x) low = middle + 1;
    else high = middle;
  }
  list.splice(low, 0, x);
}
