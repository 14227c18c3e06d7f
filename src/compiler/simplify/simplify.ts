import type { Builder } from '../graph/builder.js';
import { rootsOf, verify, type Graph } from '../graph/graph.js';
import { dropNeutral, scalarOfFullRank } from './arithmetic.js';
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
import { updatesOf } from '../graph/updates.js';
import type { Rewrite, RewriteContext } from './rewrite.js';
import { biasIntoProduct } from './product.js';
import { sumByProduct } from './reduce.js';
import { slopeByClip, slopeFromActivation } from './activation.js';
import { addTo, sameType, topological, typeText, usersOf, type Value } from '../graph/value.js';

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
const SPECIALISATIONS = { slopeByClip, scalarOfFullRank };

/** Bring arrangements in memory together: after the others, which know what they look for by how it is arranged. */
const ARRANGEMENTS = { arrangeLate, arrangeOther, sumBeforeArranging };

/** Last: other rewrites look for a sum as a sum. */
const SUMS = { sumByProduct };

/** Sets of rewrites, each with those before it. */
const PHASES = [REDUCTIONS, SPECIALISATIONS, ARRANGEMENTS, SUMS];

/** Every rewrite by its name. Each keeps the result equal, to the rounding. */
export const REWRITES: Rewrites = Object.fromEntries(
  PHASES.flatMap((phase) => Object.entries<Rewrite>(phase)),
);

/**
 * Rewrites until nothing changes. Unused values are gone, since a graph is only what its results need.
 *
 * @param without the name of a rewrite that is left out: the results stay the same, to the rounding.
 * @param fired told the name of each rewrite that applies.
 */
export function simplify(
  graph: Graph,
  builder: Builder,
  without?: string,
  fired: (name: string) => void = () => {},
): Graph {
  return PHASES.reduce((simpler, _, k) => {
    const rewrites = PHASES.slice(0, k + 1).flatMap((phase) => Object.entries<Rewrite>(phase));
    const kept = rewrites.filter(([name]) => name !== without);
    return untilStable(simpler, builder, Object.fromEntries(kept), fired);
  }, graph);
}

/** Rewrites by name. */
export type Rewrites = Readonly<Record<string, Rewrite>>;

/** No graph is to need more passes: each shortens something, and what one pass leaves for the next is seldom more than a few values. */
const MOST_PASSES = 200;
/** Nor to become so many times larger: it is to become smaller. */
const MOST_GROWTH = 4;
const SMALL_GRAPH = 100;

/**
 * Applies these rewrites until nothing changes; {@link simplify} with other rewrites.
 *
 * @throws Error, a bug of the compiler, where they do not come to rest, with the names of those that go on.
 */
export function untilStable(
  graph: Graph,
  builder: Builder,
  rewrites: Rewrites,
  fired: (name: string) => void = () => {},
): Graph {
  // Equal graphs have the same values: a graph that comes again would come for ever.
  const seen = new Set<string>();
  const largest = MOST_GROWTH * Math.max(SMALL_GRAPH, topological(rootsOf(graph)).length);
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const { simpler, applied, size } = rewriteOnce(graph, builder, rewrites, fired);
    const before = rootsOf(graph);
    const roots = rootsOf(simpler);
    if (roots.every((root, k) => root === before[k])) return simpler;
    graph = verify(simpler, [...applied].join(', '));
    const key = roots.map(({ id }) => id).join(',');
    if (seen.has(key) || pass === MOST_PASSES - 1 || size > largest) throw restless(applied);
    seen.add(key);
  }
  return graph;
}

const restless = (applied: ReadonlySet<string>): Error =>
  new Error(`compiler bug: ${[...applied].join(', ')} does not come to rest`);

function rewriteOnce(
  graph: Graph,
  builder: Builder,
  rewrites: Rewrites,
  fired: (name: string) => void,
): { simpler: Graph; applied: ReadonlySet<string>; size: number } {
  const order = topological(rootsOf(graph));
  const users = usersOf(order);
  const rewritten = new Map<Value, Value>();
  /** What a value of this pass stands for: equal ones may have become one. */
  const originals = new Map<Value, Value[]>();
  const applied = new Set<string>();
  const byName = Object.entries(rewrites);
  let updates: ReadonlySet<Value> | undefined;
  let current: Value;
  const context: RewriteContext = {
    users: (other) => (originals.get(other) ?? []).flatMap((original) => users.get(original) ?? []),
    isUpdate: () => (updates ??= updatesOf(graph)).has(current),
  };
  const become = (value: Value, result: Value): void => {
    rewritten.set(value, result);
    addTo(originals, result, value);
  };
  for (const value of order) {
    const { source } = value;
    if (source.kind !== 'node') {
      become(value, value);
      continue;
    }
    const operands = source.operands.map((operand) => rewritten.get(operand)!);
    current = value;
    builder.origin = value.origin;
    const unchanged = operands.every((operand, k) => operand === source.operands[k]);
    let result = unchanged ? value : builder.op(source.op, operands, source.attributes);
    for (const [name, rewrite] of byName) {
      const other = attempt(name, rewrite, builder, result, context);
      if (other === undefined || other === result) continue;
      applied.add(name);
      fired(name);
      result = other;
    }
    become(value, result);
  }
  builder.origin = undefined;
  const to = (value: Value): Value => rewritten.get(value) ?? value;
  const simpler = {
    inputs: graph.inputs,
    states: graph.states.map((state) => ({ ...state, next: to(state.next) })),
    outputs: new Map([...graph.outputs].map(([name, value]) => [name, to(value)])),
  };
  return { simpler, applied, size: order.length };
}

/**
 * What a rewrite makes of a value, which must be of its type, of ops that take what they are given (the builder sees to that).
 *
 * @throws Error, a bug of the compiler, that names the rewrite.
 */
function attempt(
  name: string,
  rewrite: Rewrite,
  builder: Builder,
  before: Value,
  context: RewriteContext,
): Value | undefined {
  let after: Value | undefined;
  try {
    after = rewrite(builder, before, context);
  } catch (error) {
    throw wrong(name, before, (error as Error).message, error);
  }
  if (after !== undefined && !sameType(before, after)) throw wrong(name, before, typeText(after));
  return after;
}

const wrong = (name: string, before: Value, made: string, cause?: unknown): Error =>
  new Error(
    `compiler bug: ${name} made ${made} of ${typeText(before)}, ${before.origin ?? 'of no op'}`,
    { cause },
  );
