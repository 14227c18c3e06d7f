import { rootsOf, type Graph, type State } from '../graph/graph.js';
import { bytesPerElement, sizeOf, storageOf, type Value } from '../graph/value.js';
import type { Call } from './calls.js';
import type { Stage } from './schedule.js';

/** A line of the cache; loops write whole vectors, so arrays must not share one. */
export const ALIGNMENT_BYTES = 64;

export const aligned = (bytes: number): number =>
  Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
const bytesOf = ({ shape, dtype }: Value): number =>
  aligned(sizeOf(shape) * bytesPerElement(dtype));

/** What is done without anything in between: a call, or an ONNX graph, which reads everything before it writes. */
type Operation = Pick<Call, 'operands' | 'results' | 'aligned'>;

/** What a step does, in its order. */
const operationsOf = (stages: readonly Stage[]): Operation[] =>
  stages.flatMap((stage): readonly Operation[] =>
    stage.kind === 'wasm'
      ? stage.calls
      : [{ operands: stage.inputs, results: stage.outputs, aligned: new Set() }],
  );

/** Where every array of a step is. */
export interface Placement {
  readonly addresses: ReadonlyMap<Value, number>;
  /** The first byte after all. */
  readonly end: number;
  /** States whose next value is written elsewhere and copied at the step's end. */
  readonly copies: readonly State[];
}

/** Inputs, states, constants and results have places of their own; other arrays have the place of one that is no longer read. */
export function place(graph: Graph, stages: readonly Stage[], begin: number): Placement {
  const operations = operationsOf(stages);
  const addresses = new Map<Value, number>();
  let end = begin;
  const reserve = (value: Value): void => {
    if (addresses.has(value)) return;
    addresses.set(value, end);
    end += bytesOf(value);
  };
  const overwritten = overwrittenStates(graph, operations);
  const computed = new Set(operations.flatMap(({ results }) => results));
  const operands = operations.flatMap((operation) => operation.operands);
  [...graph.inputs, ...graph.states.map(({ current }) => current)].forEach(reserve);
  const roots = rootsOf(graph).map(storageOf);
  [...operands, ...roots].filter((value) => !computed.has(value)).forEach(reserve);
  for (const { current, next } of overwritten)
    addresses.set(storageOf(next), addresses.get(current)!);
  roots.forEach(reserve);
  return {
    addresses,
    end: placeTemporary(operations, addresses, end),
    copies: graph.states.filter((state) => state.next !== state.current && !overwritten.has(state)),
  };
}

/** Arrays that live from the operation that writes them to the last that reads them. Gives the first byte after all. */
function placeTemporary(
  operations: readonly Operation[],
  addresses: Map<Value, number>,
  begin: number,
): number {
  const lastUse = new Map<Value, number>();
  operations.forEach(({ operands, results }, k) => {
    for (const value of [...operands, ...results]) lastUse.set(value, k);
  });
  let end = begin;
  /** In the order of their addresses. */
  let living: { value: Value; from: number; to: number }[] = [];
  operations.forEach(({ results }, k) => {
    for (const value of results) {
      if (addresses.has(value)) continue;
      const bytes = bytesOf(value);
      let from = begin;
      let at = 0;
      for (const other of living) {
        if (other.from - from >= bytes) break;
        from = Math.max(from, other.to);
        at++;
      }
      addresses.set(value, from);
      living.splice(at, 0, { value, from, to: from + bytes });
      end = Math.max(end, from + bytes);
    }
    living = living.filter(({ value }) => lastUse.get(value) !== k);
  });
  return end;
}

/** States whose next value may be written over the current one: whoever reads that has done so by then. */
function overwrittenStates(graph: Graph, operations: readonly Operation[]): Set<State> {
  const writer = new Map<Value, number>();
  const lastReader = new Map<Value, number>();
  operations.forEach(({ operands, results }, k) => {
    for (const result of results) writer.set(result, k);
    for (const operand of operands) lastReader.set(operand, k);
  });
  const needed = new Set(rootsOf(graph).map(storageOf));
  const written = new Set<Value>();
  const isOverwritten = ({ current, next }: State): boolean => {
    const storage = storageOf(next);
    const at = writer.get(storage);
    // Of two states that become the same value, the first has it.
    if (at === undefined || next === current || written.has(storage)) return false;
    written.add(storage);
    const last = lastReader.get(current) ?? -1;
    return (
      !needed.has(current) && (last < at || (last === at && operations[at].aligned.has(current)))
    );
  };
  return new Set(graph.states.filter(isOverwritten));
}
