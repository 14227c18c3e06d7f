import { rootsOf, type Graph } from '../graph/graph.js';
import { isFusable, type FusedKernel } from '../wasm/kernel.js';
import { operandsOf, sizeOf, topological, usersOf, type Value } from '../graph/value.js';

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
  const { results, absorbed } = absorb(graph, order);
  const groups = connected(results, absorbed);
  // Results that a graph lies between cannot be of one kernel. Each on its own, none waits for itself.
  const apart = waitsForItself(groups, absorbed) ? [...results].map((result) => [result]) : groups;
  const kernels = apart.map((group) => kernelOf(group, absorbed));
  return { kernels, graphValues: leftToGraphs(graph, order, kernels, results, absorbed) };
}

/** What fused kernels would compute, results and what is in between. */
export function fusedValues(graph: Graph): ReadonlySet<Value> {
  return absorb(graph, topological(rootsOf(graph))).absorbed;
}

/** What kernels are to compute: the next states among it, and everything else that they take from the graph. */
interface Absorbed {
  readonly results: ReadonlySet<Value>;
  readonly absorbed: ReadonlySet<Value>;
}

function absorb(graph: Graph, order: readonly Value[]): Absorbed {
  const refused = new Set<Value>();
  for (;;) {
    const results = new Set(
      graph.states
        .filter(({ next, current }) => next !== current && next.dtype === 'float32')
        .map(({ next }) => next)
        .filter((next) => isFusable(next) && !refused.has(next)),
    );
    const absorbed = absorbFrom(graph, order, results, refused);
    // A mask that a graph needs too stays there, and so does what depends on it.
    const unmasked = [...absorbed].filter((value) =>
      operandsOf(value).some((x) => x.dtype === 'bool' && !absorbed.has(x)),
    );
    if (unmasked.length === 0) return { results, absorbed };
    for (const value of unmasked) refused.add(value);
  }
}

/** Results, and backwards from them the values that no graph needs. */
function absorbFrom(
  graph: Graph,
  order: readonly Value[],
  results: ReadonlySet<Value>,
  refused: ReadonlySet<Value>,
): Set<Value> {
  const absorbed = new Set(results);
  const users = usersOf(order);
  const kept = new Set(rootsOf(graph).filter((root) => !results.has(root)));
  for (const value of [...order].reverse()) {
    if (!isFusable(value) || kept.has(value) || refused.has(value)) continue;
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

/** Whether a group needs something that is computed from its own results. */
function waitsForItself(
  groups: readonly (readonly Value[])[],
  absorbed: ReadonlySet<Value>,
): boolean {
  const groupOf = new Map(groups.flatMap((group) => group.map((result) => [result, group])));
  const entered = new Set<unknown>();
  const left = new Set<unknown>();
  const loops = (value: Value): boolean => {
    const group = groupOf.get(value);
    const node = group ?? value;
    if (entered.has(node)) return !left.has(node);
    entered.add(node);
    const operands = group === undefined ? operandsOf(value) : membersOf(group, absorbed).operands;
    const found = [...operands].some(loops);
    left.add(node);
    return found;
  };
  return groups.some(([result]) => loops(result));
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
