import type { Builder } from './builder.js';
import { rootsOf, verify, type Graph } from './graph.js';
import { dropNeutral } from './rewrites/arithmetic.js';
import { foldConstants, joinConstants } from './rewrites/constants.js';
import { liftExpand, liftFullExpand } from './rewrites/expand.js';
import {
  composeTransposes,
  mergeReshapes,
  reduceBeforeReshape,
  reshapeExpanded,
  reshapeForUnitReduction,
} from './rewrites/reshape.js';
import type { Rewrite, RewriteContext } from './rewrites/rewrite.js';
import { biasIntoProduct } from './rewrites/product.js';
import { sumByProduct } from './rewrites/reduce.js';
import { slopeByClip, slopeFromActivation } from './rewrites/activation.js';
import { topological, usersOf, type Value } from './value.js';

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
const SPECIALISATIONS = { slopeByClip, sumByProduct };

/** Every rewrite by its name. Each keeps the result equal, to the rounding. */
export const REWRITES: Readonly<Record<string, Rewrite>> = { ...REDUCTIONS, ...SPECIALISATIONS };

const MOST_PASSES = 20;

/** Rewrites until nothing changes. Unused values are gone, since a graph is only what its results need. */
export function simplify(graph: Graph, builder: Builder): Graph {
  const reduced = untilStable(graph, builder, Object.values(REDUCTIONS));
  return untilStable(reduced, builder, Object.values(REWRITES));
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
  const context: RewriteContext = { users: (value) => users.get(value) ?? [] };
  for (const value of order) {
    const { source } = value;
    if (source.kind !== 'node') {
      rewritten.set(value, value);
      continue;
    }
    const operands = source.operands.map((operand) => rewritten.get(operand)!);
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
