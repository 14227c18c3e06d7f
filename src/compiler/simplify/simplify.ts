import type { Builder } from '../graph/builder.js';
import { rootsOf, verify, type Graph } from '../graph/graph.js';
import { dropNeutral } from './arithmetic.js';
import { foldConstants, joinConstants } from './constants.js';
import { liftExpand, liftFullExpand } from './expand.js';
import { arrangeLate, arrangeOther, sumBeforeArranging } from './layout.js';
import {
  composeTransposes,
  mergeReshapes,
  reduceBeforeReshape,
  reshapeExpanded,
  reshapeForUnitReduction,
} from './reshape.js';
import { fusedValues } from '../plan/fuse.js';
import type { Rewrite, RewriteContext } from './rewrite.js';
import { biasIntoProduct } from './product.js';
import { sumByProduct } from './reduce.js';
import { slopeByClip, slopeFromActivation } from './activation.js';
import { topological, usersOf, type Value } from '../graph/value.js';

/** Make the graph smaller. Tried at each value, in this order. */
const REDUCTIONS = {
  foldConstants,
  joinConstants,
  dropNeutral,
  liftExpand,
  liftFullExpand,
  mergeReshapes,
  reshapeExpanded,
  reshapeForUnitReduction,
  reduceBeforeReshape,
  composeTransposes,
  biasIntoProduct,
  slopeFromActivation,
};

/** Say what is left in ops that ONNX Runtime is faster at. */
const SPECIALISATIONS = { slopeByClip };

/** Bring arrangements in memory together: after the others, which know what they look for by how it is arranged. */
const ARRANGEMENTS = { arrangeLate, arrangeOther, sumBeforeArranging };

/** Last: other rewrites look for a sum as a sum. */
const SUMS = { sumByProduct };

/** Sets of rewrites, each with those before it. */
const PHASES = [REDUCTIONS, SPECIALISATIONS, ARRANGEMENTS, SUMS];

/** Every rewrite by its name. Each keeps the result equal, to the rounding. */
export const REWRITES: Readonly<Record<string, Rewrite>> = Object.fromEntries(
  PHASES.flatMap((phase) => Object.entries<Rewrite>(phase)),
);

const MOST_PASSES = 20;

/** Rewrites until nothing changes. Unused values are gone, since a graph is only what its results need. */
export function simplify(graph: Graph, builder: Builder): Graph {
  return PHASES.reduce(
    (simpler, _, k) =>
      untilStable(simpler, builder, PHASES.slice(0, k + 1).flatMap<Rewrite>(Object.values)),
    graph,
  );
}

/** Applies these rewrites until nothing changes; {@link simplify} with other rewrites. */
export function untilStable(graph: Graph, builder: Builder, rewrites: readonly Rewrite[]): Graph {
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const simpler = rewriteOnce(graph, builder, rewrites);
    const before = rootsOf(graph);
    if (rootsOf(simpler).every((root, k) => root === before[k])) return simpler;
    graph = verify(simpler, 'simplify');
  }
  return graph;
}

function rewriteOnce(graph: Graph, builder: Builder, rewrites: readonly Rewrite[]): Graph {
  const order = topological(rootsOf(graph));
  const users = usersOf(order);
  const rewritten = new Map<Value, Value>();
  let fused: ReadonlySet<Value> | undefined;
  for (const value of order) {
    const { source } = value;
    if (source.kind !== 'node') {
      rewritten.set(value, value);
      continue;
    }
    const operands = source.operands.map((operand) => rewritten.get(operand)!);
    const context: RewriteContext = {
      users: (other) => users.get(other) ?? [],
      fused: () => (fused ??= fusedValues(graph)).has(value),
    };
    let result = builder.op(source.op, operands, source.attributes);
    for (const rewrite of rewrites) result = rewrite(builder, result, context) ?? result;
    rewritten.set(value, result);
  }
  const to = (value: Value): Value => rewritten.get(value) ?? value;
  return {
    inputs: graph.inputs,
    states: graph.states.map((state) => ({ ...state, next: to(state.next) })),
    outputs: new Map([...graph.outputs].map(([name, value]) => [name, to(value)])),
  };
}
