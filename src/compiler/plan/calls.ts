import type { Graph, State } from '../graph/graph.js';
import { rootsOf } from '../graph/graph.js';
import { operandsOf, scalarOf, topological, storageOf, type Value } from '../graph/value.js';
import { isWhole } from '../wasm/tasks/broadcast.js';
import { elementwiseTask, fusionOperands } from '../wasm/tasks/elementwise.js';
import { operandPattern, type Fusion } from '../wasm/tasks/elementwise-loop.js';
import { isLaneOp } from '../wasm/tasks/elementwise-ops.js';
import { fusions } from './fusions.js';
import { generatedOp } from '../wasm/tasks/generated-ops.js';
import type { Task } from '../wasm/tasks/task.js';

/** A task on its arrays. */
export interface Call {
  readonly task: Task;
  readonly operands: readonly Value[];
  readonly results: readonly Value[];
  /** Operands of which each element is read by whoever writes the result's element at its place, and before. */
  readonly aligned: ReadonlySet<Value>;
}

/** What a value's op reads. */
export function operandStorages(value: Value): readonly Value[] {
  if (value.source.kind !== 'node') return [];
  if (isLaneOp(value))
    return operandsOf(value)
      .filter((operand) => scalarOf(operand) === undefined)
      .map(storageOf);
  return generatedOp(value)!.operands;
}

/** A graph's calls, in an order in which a state is read before it is overwritten, as far as there is one. */
export function callsOf(graph: Graph): Call[] {
  const kept = new Set(rootsOf(graph).map(storageOf));
  const order = topological([...kept], new Set(), operandStorages);
  const loops = fusions(order, operandStorages, kept).map(loopCall);
  const others = order
    .filter((value) => value.source.kind === 'node' && !isLaneOp(value))
    .map((value): Call => {
      const { operands, task } = generatedOp(value)!;
      return { task: task(), operands, results: [value], aligned: new Set() };
    });
  const places = new Map(order.map((value, k) => [value, k] as const));
  const placeOf = ({ results }: Call): number => Math.max(...results.map((x) => places.get(x)!));
  const calls = [...loops, ...others].sort((a, b) => placeOf(a) - placeOf(b));
  return readersFirst(calls, graph.states);
}

function loopCall(fusion: Fusion): Call {
  const operands = fusionOperands(fusion);
  const spread = new Set(
    fusion.members.flatMap((value) =>
      operandsOf(value)
        .filter((operand) => !isWhole(operandPattern(value, operand)))
        .map(storageOf),
    ),
  );
  return {
    task: elementwiseTask(fusion),
    operands,
    results: fusion.results,
    aligned: new Set(operands.filter((operand) => !spread.has(operand))),
  };
}

/** Each call as early as its operands are there, but for those that overwrite a state which others have yet to read. */
function readersFirst(calls: readonly Call[], states: readonly State[]): Call[] {
  const currentOf = new Map(
    states.flatMap(({ current, next }) =>
      next === current ? [] : [[storageOf(next), current] as const],
    ),
  );
  const missing = new Set(calls.flatMap(({ results }) => results));
  const readers = new Map<Value, number>();
  for (const { operands } of calls)
    for (const operand of operands) readers.set(operand, (readers.get(operand) ?? 0) + 1);
  const left = [...calls];
  const ordered: Call[] = [];
  const isReady = (call: Call): boolean => !call.operands.some((operand) => missing.has(operand));
  const isPolite = (call: Call): boolean =>
    call.results.every((result) => {
      const state = currentOf.get(result);
      return (
        state === undefined || (readers.get(state) ?? 0) <= (call.operands.includes(state) ? 1 : 0)
      );
    });
  while (left.length > 0) {
    let next = left.findIndex((call) => isReady(call) && isPolite(call));
    if (next < 0) next = left.findIndex(isReady);
    if (next < 0) throw new Error('compiler bug: tasks wait for one another');
    const [call] = left.splice(next, 1);
    for (const result of call.results) missing.delete(result);
    for (const operand of call.operands) readers.set(operand, readers.get(operand)! - 1);
    ordered.push(call);
  }
  return ordered;
}
