import { rootsOf, type Graph } from './graph.js';
import { isFusable, type FusedKernel } from './wasm/kernel.js';
import { operandsOf, sizeOf, topological, usersOf, type Value } from './value.js';

/** What fused kernels compute, and what is left to graphs. */
export interface Division {
  readonly kernels: readonly FusedKernel[];
  /** In an order of computation. */
  readonly graphValues: readonly Value[];
}

/**
 * Takes the element-wise end of each next state (an optimizer's update of a weight and its moments) out of the graph.
 * An array is absorbed where only kernels need it; a single number is computed again wherever it is needed.
 */
export function fuse(graph: Graph): Division {
  const order = topological(rootsOf(graph));
  const results = new Set(
    graph.states
      .filter(
        ({ next, current }) => next !== current && next.dtype === 'float32' && isFusable(next),
      )
      .map(({ next }) => next),
  );
  const absorbed = absorb(graph, order, results);
  const kernels = connected(results, absorbed).map((group) => kernelOf(group, absorbed));
  return { kernels, graphValues: leftToGraphs(graph, order, kernels, results, absorbed) };
}

/** Results, and backwards from them the values that no graph needs. */
function absorb(graph: Graph, order: readonly Value[], results: ReadonlySet<Value>): Set<Value> {
  const absorbed = new Set(results);
  const users = usersOf(order);
  const kept = new Set(rootsOf(graph).filter((root) => !results.has(root)));
  for (const value of [...order].reverse()) {
    if (!isFusable(value) || kept.has(value)) continue;
    const needing = users.get(value) ?? [];
    const number = sizeOf(value.shape) === 1;
    const fits = needing.filter(
      (user) => absorbed.has(user) && (number || sizeOf(user.shape) === sizeOf(value.shape)),
    );
    if (fits.length > 0 && (number || fits.length === needing.length)) absorbed.add(value);
  }
  return absorbed;
}

/** The values of one kernel, operands first, and what it reads. */
function membersOf(
  results: readonly Value[],
  absorbed: ReadonlySet<Value>,
): { members: Set<Value>; operands: Set<Value> } {
  const members = new Set<Value>();
  const operands = new Set<Value>();
  const visit = (value: Value): void => {
    if (members.has(value) || operands.has(value) || value.source.kind === 'constant') return;
    if (!absorbed.has(value)) {
      operands.add(value);
      return;
    }
    members.add(value);
    operandsOf(value).forEach(visit);
  };
  results.forEach(visit);
  return { members, operands };
}

function kernelOf(results: readonly Value[], absorbed: ReadonlySet<Value>): FusedKernel {
  return { operands: [...membersOf(results, absorbed).operands], results };
}

/** Results in groups: those that share an array are computed in one pass. */
function connected(results: ReadonlySet<Value>, absorbed: ReadonlySet<Value>): Value[][] {
  const groups: { results: Value[]; arrays: Set<Value> }[] = [];
  for (const result of results) {
    const arrays = [...membersOf([result], absorbed).members].filter(
      ({ shape }) => sizeOf(shape) === sizeOf(result.shape),
    );
    const touching = groups.filter((group) => arrays.some((array) => group.arrays.has(array)));
    const merged = {
      results: [...touching.flatMap((group) => group.results), result],
      arrays: new Set([...touching.flatMap((group) => [...group.arrays]), ...arrays]),
    };
    for (const group of touching) groups.splice(groups.indexOf(group), 1);
    groups.push(merged);
  }
  return groups.map((group) => group.results);
}

/** Everything that no kernel computes, and the single numbers that graphs need of what kernels compute for themselves. */
function leftToGraphs(
  graph: Graph,
  order: readonly Value[],
  kernels: readonly FusedKernel[],
  results: ReadonlySet<Value>,
  absorbed: ReadonlySet<Value>,
): Value[] {
  const needed = new Set<Value>();
  const visit = (value: Value): void => {
    if (needed.has(value) || results.has(value) || value.source.kind !== 'node') return;
    needed.add(value);
    operandsOf(value).forEach(visit);
  };
  rootsOf(graph).forEach(visit);
  for (const { operands } of kernels) operands.forEach(visit);
  return order.filter(
    (value) => needed.has(value) && (!absorbed.has(value) || sizeOf(value.shape) === 1),
  );
}
