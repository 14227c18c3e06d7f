import { OPS, type OpDefinition } from './ops.js';
import {
  isNode,
  operandsOf,
  sameShape,
  sizeOf,
  topological,
  type DType,
  type TypedValues,
  type Value,
} from './value.js';

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
      const definition = OPS[source.op] as unknown as OpDefinition;
      const shape = definition.shape(source.operands, source.attributes);
      const dtype =
        definition.dtype?.(source.operands, source.attributes) ?? source.operands[0].dtype;
      const alike = operandsOfOneType(value);
      if (alike.some((operand) => operand.dtype !== alike[0].dtype))
        fail(`${source.op} of ${alike.map(typeText).join(' and ')}, which are not of one type`);
      if (!sameType({ shape, dtype }, value))
        fail(`${source.op} gives ${typeText({ shape, dtype })}, recorded is ${typeText(value)}`);
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

/** ONNX has no op that mixes types, but for what chooses (`Where`) or points (`Gather`). */
function operandsOfOneType(value: Value): readonly Value[] {
  const operands = operandsOf(value);
  if (isNode(value, 'Where')) return operands.slice(1);
  return isNode(value, 'Gather') ? operands.slice(0, 1) : operands;
}

function sameType(a: Typed, b: Typed): boolean {
  return a.dtype === b.dtype && sameShape(a.shape, b.shape);
}

type Typed = Pick<Value, 'shape' | 'dtype'>;

const SHORT_DTYPES: Record<DType, string> = {
  float32: 'f32',
  int32: 'i32',
  bool: 'bool',
  uint8: 'u8',
};

/** A type as `f32[100, 784]`. */
export function typeText({ shape, dtype }: { shape: readonly number[]; dtype: DType }): string {
  return `${SHORT_DTYPES[dtype]}[${shape.join(', ')}]`;
}

/** The graph as text, a value a line, numbered in the order of computation. */
export function printGraph(graph: Graph): string {
  const names = new Map<Value, string>();
  const lines: string[] = [];
  for (const value of [...graph.inputs, ...graph.states.map(({ current }) => current)]) {
    const { source } = value;
    if (source.kind !== 'input' && source.kind !== 'state') continue;
    names.set(value, source.name);
    const draw = source.kind === 'input' && source.draw ? ` ${JSON.stringify(source.draw)}` : '';
    lines.push(`${source.kind} ${source.name}: ${typeText(value)}${draw}`);
  }
  for (const value of topological(rootsOf(graph))) {
    const { source } = value;
    if (source.kind === 'constant')
      names.set(
        value,
        source.data.length === 1 ? String(source.data[0]) : `constant ${typeText(value)}`,
      );
    if (source.kind !== 'node') continue;
    names.set(value, `%${lines.length}`);
    lines.push(`%${lines.length} = ${nodeText(value, names)} : ${typeText(value)}`);
  }
  for (const [name, value] of graph.outputs) lines.push(`output ${name} = ${names.get(value)}`);
  for (const { name, current, next } of graph.states) {
    if (next !== current) lines.push(`next ${name} = ${names.get(next)}`);
  }
  return lines.join('\n');
}

/** An op with its operands and attributes, as `Gemm(%3, weights, transB=true)`. */
function nodeText({ source }: Value, names: ReadonlyMap<Value, string>): string {
  if (source.kind !== 'node') return '';
  const operands = source.operands.map((operand) => names.get(operand) ?? '?');
  const attributes = Object.entries(source.attributes).map(
    ([key, x]) => `${key}=${JSON.stringify(x)}`,
  );
  return `${source.op}(${[...operands, ...attributes].join(', ')})`;
}
