import { rootsOf, type Graph, type State } from '../graph/graph.js';
import { bytesOf, storageOf, type Value } from '../graph/value.js';
import type { Target } from '../target.js';
import { controlBytes } from '../wasm/threads.js';
import type { Operation } from './calls.js';
import type { Stage } from './schedule.js';

/** Up to a line of the cache; loops write whole vectors, so arrays must not share one. */
export const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64;

/** Where every array of a step is. */
export interface Placement {
  readonly addresses: ReadonlyMap<Value, number>;
  /** The first byte after all. */
  readonly end: number;
  /** States whose next value is written elsewhere and copied at the step's end. */
  readonly copies: readonly State[];
}

/** The operations that write and last read or write each array, by their numbers. */
interface Uses {
  readonly operations: readonly Operation[];
  readonly writer: ReadonlyMap<Value, number>;
  readonly last: ReadonlyMap<Value, number>;
}

/** Inputs, states, constants and results have places of their own; other arrays have the place of one that is no longer read. */
export function place(graph: Graph, stages: readonly Stage[], { threads }: Target): Placement {
  const uses = usesOf(stages);
  const addresses = new Map<Value, number>();
  let end = aligned(controlBytes(threads));
  const reserve = (value: Value): void => {
    if (addresses.has(value)) return;
    addresses.set(value, end);
    end += aligned(bytesOf(value));
  };
  const overwritten = overwrittenStates(graph, uses);
  const operands = uses.operations.flatMap((operation) => operation.operands);
  [...graph.inputs, ...graph.states.map(({ current }) => current)].forEach(reserve);
  const roots = rootsOf(graph).map(storageOf);
  [...operands, ...roots].filter((value) => !uses.writer.has(value)).forEach(reserve);
  for (const { current, next } of overwritten)
    addresses.set(storageOf(next), addresses.get(current)!);
  roots.forEach(reserve);
  return {
    addresses,
    end: placeTemporary(uses, addresses, end),
    copies: graph.states.filter((state) => state.next !== state.current && !overwritten.has(state)),
  };
}

function usesOf(stages: readonly Stage[]): Uses {
  const operations = stages.flatMap((stage): readonly Operation[] =>
    stage.kind === 'wasm' ? stage.calls : [stage],
  );
  const [writer, last] = [new Map<Value, number>(), new Map<Value, number>()];
  operations.forEach(({ operands, results }, k) => {
    for (const result of results) writer.set(result, k);
    for (const value of [...operands, ...results]) last.set(value, k);
  });
  return { operations, writer, last };
}

/** Arrays that live from the operation that writes them to the last that reads them. Gives the first byte after all. */
function placeTemporary(
  { operations, last }: Uses,
  addresses: Map<Value, number>,
  begin: number,
): number {
  let end = begin;
  /** In the order of their addresses. */
  let living: { value: Value; from: number; to: number }[] = [];
  operations.forEach(({ results }, k) => {
    for (const value of results) {
      if (addresses.has(value)) continue;
      const bytes = aligned(bytesOf(value));
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
    living = living.filter(({ value }) => last.get(value) !== k);
  });
  return end;
}

/** States whose next value may be written over the current one: whoever reads that has done so by then. */
function overwrittenStates(graph: Graph, { operations, writer, last }: Uses): Set<State> {
  const needed = new Set(rootsOf(graph).map(storageOf));
  const written = new Set<Value>();
  const isOverwritten = ({ current, next }: State): boolean => {
    const storage = storageOf(next);
    const at = writer.get(storage);
    // Of two states that become the same value, the first has it.
    if (at === undefined || next === current || written.has(storage)) return false;
    written.add(storage);
    if (needed.has(current)) return false;
    const read = last.get(current) ?? -1;
    return read < at || (read === at && operations[at].aligned?.has(current) === true);
  };
  return new Set(graph.states.filter(isOverwritten));
}
