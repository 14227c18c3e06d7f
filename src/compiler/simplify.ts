import type { Builder } from './builder.js';
import { rootsOf, verify, type Graph } from './graph.js';
import { dropNeutral } from './rewrites/arithmetic.js';
import { foldConstants, joinConstants } from './rewrites/constants.js';
import { liftExpand, liftFullExpand } from './rewrites/expand.js';
import {
  composeTransposes,
  mergeReshapes,
  reshapeExpanded,
  reshapeForUnitReduction,
} from './rewrites/reshape.js';
import type { Rewrite, RewriteContext } from './rewrites/rewrite.js';
import { slopeFromActivation } from './rewrites/activation.js';
import { topological, type Value } from './value.js';

/** In the order in which they are tried at each value. Each keeps the result equal, to the rounding. */
export const REWRITES: Readonly<Record<string, Rewrite>> = {
  foldConstants,
  joinConstants,
  dropNeutral,
  liftExpand,
  liftFullExpand,
  mergeReshapes,
  reshapeExpanded,
  reshapeForUnitReduction,
  composeTransposes,
  slopeFromActivation,
};

const MOST_PASSES = 20;

/** Rewrites until nothing changes. Unused values are gone, since a graph is only what its results need. */
export function simplify(graph: Graph, builder: Builder): Graph {
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const simpler = rewriteOnce(graph, builder);
    const before = rootsOf(graph);
    if (rootsOf(simpler).every((root, k) => root === before[k])) return simpler;
    graph = verify(simpler, 'simplify');
  }
  return graph;
}

function rewriteOnce(graph: Graph, builder: Builder): Graph {
  const order = topological(rootsOf(graph));
  const users = new Map<Value, Value[]>();
  const rewritten = new Map<Value, Value>();
  const context: RewriteContext = { users: (value) => users.get(value) ?? [] };
  for (const value of order) {
    if (value.source.kind !== 'node') continue;
    for (const operand of new Set(value.source.operands)) {
      const known = users.get(operand);
      if (known === undefined) users.set(operand, [value]);
      else known.push(value);
    }
  }
  for (const value of order) {
    const { source } = value;
    if (source.kind !== 'node') {
      rewritten.set(value, value);
      continue;
    }
    const operands = source.operands.map((operand) => rewritten.get(operand)!);
    let result = builder.op(source.op, operands, source.attributes);
    for (const rewrite of Object.values(REWRITES))
      result = rewrite(builder, result, context) ?? result;
    rewritten.set(value, result);
  }
  const to = (value: Value): Value => rewritten.get(value) ?? value;
  return {
    inputs: graph.inputs,
    states: graph.states.map((state) => ({ ...state, next: to(state.next) })),
    outputs: new Map([...graph.outputs].map(([name, value]) => [name, to(value)])),
  };
}
