import { rootsOf, type Graph, type State } from '../graph/graph.js';
import { sizeOf, type DType, storageOf, type Value } from '../graph/value.js';
import type { Call } from './calls.js';

/** A line of the cache; loops write whole vectors, so arrays must not share one. */
export const ALIGNMENT_BYTES = 64;
const BYTES_PER_ELEMENT: Record<DType, number> = { float32: 4, int32: 4, bool: 1, uint8: 1 };

export const aligned = (bytes: number): number =>
  Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
const bytesOf = ({ shape, dtype }: Value): number =>
  aligned(sizeOf(shape) * BYTES_PER_ELEMENT[dtype]);

/** Where every array of a program is. */
export interface MemoryPlan {
  readonly addresses: ReadonlyMap<Value, number>;
  /** The first byte after all. */
  readonly end: number;
  /** States whose next value is written elsewhere and copied at the step's end. */
  readonly copies: readonly State[];
}

/** Inputs, states, constants and results have places of their own; other arrays have the place of one that is no longer read. */
export function planMemory(graph: Graph, calls: readonly Call[], begin: number): MemoryPlan {
  const addresses = new Map<Value, number>();
  let end = begin;
  const place = (value: Value): void => {
    if (addresses.has(value)) return;
    addresses.set(value, end);
    end += bytesOf(value);
  };
  const inPlace = new Map<Value, Value>();
  for (const state of graph.states)
    if (isWrittenInPlace(state, graph, calls)) inPlace.set(storageOf(state.next), state.current);
  const computed = new Set(calls.flatMap(({ results }) => results));
  const operands = calls.flatMap((call) => call.operands);
  [...graph.inputs, ...graph.states.map(({ current }) => current)].forEach(place);
  const roots = rootsOf(graph).map(storageOf);
  [...operands, ...roots].filter((value) => !computed.has(value)).forEach(place);
  for (const [next, current] of inPlace) addresses.set(next, addresses.get(current)!);
  roots.forEach(place);
  return {
    addresses,
    end: placeTemporary(calls, addresses, end),
    copies: graph.states.filter(
      (state) =>
        state.next !== state.current && inPlace.get(storageOf(state.next)) !== state.current,
    ),
  };
}

/** Arrays that live from the call that writes them to the last that reads them. Gives the first byte after all. */
function placeTemporary(
  calls: readonly Call[],
  addresses: Map<Value, number>,
  begin: number,
): number {
  const lastUse = new Map<Value, number>();
  calls.forEach(({ operands, results }, k) => {
    for (const value of [...operands, ...results]) lastUse.set(value, k);
  });
  let end = begin;
  const living: { value: Value; from: number; to: number }[] = [];
  calls.forEach(({ results }, k) => {
    for (const value of results) {
      if (addresses.has(value)) continue;
      const bytes = bytesOf(value);
      let from = begin;
      for (const other of living) {
        if (other.from - from >= bytes) break;
        from = Math.max(from, other.to);
      }
      addresses.set(value, from);
      living.push({ value, from, to: from + bytes });
      living.sort((a, b) => a.from - b.from);
      end = Math.max(end, from + bytes);
    }
    const over = living.filter(({ value }) => lastUse.get(value) === k);
    for (const gone of over) living.splice(living.indexOf(gone), 1);
  });
  return end;
}

/** Whether the state's next value may be written over the current one: whoever reads that has done so by then. */
function isWrittenInPlace(state: State, graph: Graph, calls: readonly Call[]): boolean {
  const next = storageOf(state.next);
  const writer = calls.findIndex(({ results }) => results.includes(next));
  if (writer < 0 || state.next === state.current) return false;
  if (graph.states.find((other) => storageOf(other.next) === next) !== state) return false;
  if (rootsOf(graph).some((root) => storageOf(root) === state.current)) return false;
  return calls.every(
    (call, k) =>
      k < writer ||
      !call.operands.includes(state.current) ||
      (k === writer && call.aligned.has(state.current)),
  );
}
