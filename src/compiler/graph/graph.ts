import { resultType } from './ops.js';
import { sameType, sizeOf, topological, typeText, type TypedValues, type Value } from './value.js';

/** What a step keeps from one run to the next: a weight, an optimizer's moment, a moving average. */
export interface State {
  readonly name: string;
  readonly current: Value;
  /** The same value as `current` where a run leaves it as it is. */
  readonly next: Value;
  readonly initial: TypedValues;
}

/** A whole step: inputs and state in, outputs and the next state out. */
export interface Graph {
  readonly inputs: readonly Value[];
  readonly states: readonly State[];
  readonly outputs: ReadonlyMap<string, Value>;
}

/** Everything that a run must compute. */
export function rootsOf(graph: Graph): Value[] {
  return [...graph.outputs.values(), ...graph.states.map(({ next }) => next)];
}

/**
 * Throws where a graph is not sound: two inputs or states of one name, a value that is neither computed nor
 * declared, a shape or type other than what its op gives, a next state that does not fit the current one.
 * Run after each rewrite.
 */
export function verify(graph: Graph, after: string): Graph {
  const fail = (what: string): never => {
    throw new Error(`compiler bug after ${after}: ${what}`);
  };
  const declared = new Set<Value>([...graph.inputs, ...graph.states.map(({ current }) => current)]);
  const names = [...declared].map(({ source }) =>
    source.kind === 'input' || source.kind === 'state'
      ? source.name
      : fail('an input that is computed'),
  );
  if (new Set(names).size !== names.length)
    fail(`two inputs or states of one name in ${names.join(', ')}`);
  for (const value of topological(rootsOf(graph))) {
    const { source } = value;
    if (source.kind === 'input' || source.kind === 'state') {
      if (!declared.has(value)) fail(`${source.kind} ${source.name} is not declared`);
    } else if (source.kind === 'constant') {
      if (source.data.length !== sizeOf(value.shape))
        fail(`a constant of ${typeText(value)} with ${source.data.length} elements`);
    } else {
      const { op, operands, attributes } = source;
      const type = attempt(() => resultType(op, operands, attributes), fail);
      if (!sameType(type, value))
        fail(`${op} gives ${typeText(type)}, recorded is ${typeText(value)}`);
    }
  }
  for (const { name, current, next, initial } of graph.states) {
    if (!sameType(current, next))
      fail(`state ${name} is ${typeText(current)}, its next value ${typeText(next)}`);
    if (initial.length !== sizeOf(current.shape))
      fail(`state ${name} has ${initial.length} initial elements`);
  }
  return graph;
}

function attempt<Result>(call: () => Result, fail: (what: string) => never): Result {
  try {
    return call();
  } catch (error) {
    return fail((error as Error).message);
  }
}
