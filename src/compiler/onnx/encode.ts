import { attributesKey } from '../graph/keys.js';
import {
  operandsOf,
  topological,
  type NodeSource,
  type TypedValues,
  type Value,
} from '../graph/value.js';
import { IR_VERSION, NODE_PARTS, OPSET, type NodeParts } from './nodes.js';
import { toFloat16 } from './float16.js';
import {
  ELEMENT_TYPES,
  encodeModel,
  type ElementType,
  type NodeMessage,
  type TensorMessage,
  type ValueMessage,
} from './proto.js';

export interface Port {
  readonly name: string;
  readonly value: Value;
}

export interface EncodeOptions {
  /**
   * Leaves the first dimension of inputs, outputs and reshapes free, for a graph that treats the rows of a batch
   * alike: a generator that was traced for one batch size then takes any.
   */
  readonly freeBatch?: boolean;
  /** Values of the states that are not inputs: they go into the model. */
  readonly weights?: ReadonlyMap<string, TypedValues>;
  /** Keeps float32 weights in half precision, each turned back by a Cast when the model is loaded: half of the bytes. */
  readonly halfPrecision?: boolean;
}

/** A part of a graph as the bytes of an ONNX model: what computes the outputs from the inputs, constants inside. */
export function encodeOnnx(
  name: string,
  inputs: readonly Port[],
  outputs: readonly Port[],
  { freeBatch = false, weights, halfPrecision = false }: EncodeOptions = {},
): Uint8Array {
  const given = new Set(inputs.map(({ value }) => value));
  const names = new Map<Value, string>(inputs.map((port) => [port.value, port.name]));
  const nodes: NodeMessage[] = [];
  const initializers = new Initializers();
  const outputNames = new Map(outputs.map((port) => [port.value, port.name]));
  for (const value of topological(
    outputs.map((port) => port.value),
    given,
  )) {
    const { source, shape, dtype } = value;
    if (given.has(value)) continue;
    // Counted here: ids differ from one trace to the next in a process, and equal graphs are to be equal bytes.
    const name = outputNames.get(value) ?? `%t${names.size}`;
    names.set(value, name);
    if (source.kind === 'constant')
      initializers.add({ name, type: dtype, shape, data: source.data });
    else if (source.kind === 'node') nodes.push(...nodesOf(value, names, initializers, freeBatch));
    else if (weights?.has(source.name)) {
      names.set(value, source.name);
      const data = weights.get(source.name)!;
      const half = halfPrecision && data instanceof Float32Array;
      if (half) nodes.push(initializers.addHalf(source.name, shape, data));
      else initializers.add({ name: source.name, type: dtype, shape, data });
    } else
      throw new Error(
        `compiler bug: ${source.kind} ${source.name} is not among the model's inputs`,
      );
  }
  const declare = (port: Port): ValueMessage => ({
    name: port.name,
    type: port.value.dtype,
    shape:
      freeBatch && port.value.source.kind !== 'state'
        ? ['batch', ...port.value.shape.slice(1)]
        : port.value.shape,
  });
  return encodeModel(
    {
      name,
      nodes,
      initializers: initializers.all,
      inputs: inputs.map(declare),
      outputs: outputs.map(declare),
    },
    { irVersion: IR_VERSION, opset: OPSET },
  );
}

/** The constants of a model. */
class Initializers {
  readonly all: TensorMessage[] = [];
  private readonly known = new Map<string, string>();

  add(tensor: TensorMessage): void {
    this.all.push(tensor);
  }

  /** Weights in half precision; gives the node that turns them back. */
  addHalf(name: string, shape: readonly number[], data: Float32Array): NodeMessage {
    const half = `${name} as float16`;
    this.add({ name: half, type: 'float16', shape, data: toFloat16(data) });
    return castNode(half, name, 'float32');
  }

  /** The name of a list of whole numbers, as ONNX wants axes and shapes. */
  int64(numbers: readonly number[]): string {
    return this.once('int64', numbers.join(','), {
      type: 'int64',
      shape: [numbers.length],
      data: BigInt64Array.from(numbers, BigInt),
    });
  }

  /** The name of a single number. */
  float(x: number): string {
    const data = Float32Array.of(x);
    return this.once('float', attributesKey({ x }), { type: 'float32', shape: [], data });
  }

  private once(kind: 'int64' | 'float', key: string, tensor: Omit<TensorMessage, 'name'>): string {
    const found = this.known.get(`${kind} ${key}`);
    if (found !== undefined) return found;
    const count = [...this.known.keys()].filter((known) => known.startsWith(kind)).length;
    const name = `%${kind} ${count}`;
    this.known.set(`${kind} ${key}`, name);
    this.add({ name, ...tensor });
    return name;
  }
}

/** What computes a value: a node, and another where ONNX's op gives another type. */
function nodesOf(
  value: Value,
  names: ReadonlyMap<Value, string>,
  initializers: Initializers,
  freeBatch: boolean,
): NodeMessage[] {
  const { op, attributes } = value.source as NodeSource;
  const parts = (NODE_PARTS[op] as (attributes: unknown) => NodeParts)(
    freeBatch ? withFreeBatch(value) : attributes,
  );
  const name = names.get(value)!;
  const result = parts.castTo === undefined ? name : `${name} as int64`;
  const node = {
    op,
    inputs: [
      ...operandsOf(value).map((operand) => names.get(operand)!),
      ...(parts.tensors ?? []).map((numbers) => initializers.int64(numbers)),
      ...(parts.scalars ?? []).map((x) => initializers.float(x)),
    ],
    outputs: [result],
    attributes: parts.attributes ?? {},
  };
  return parts.castTo === undefined ? [node] : [node, castNode(result, name, parts.castTo)];
}

const castNode = (from: string, to: string, type: ElementType): NodeMessage => ({
  op: 'Cast',
  inputs: [from],
  outputs: [to],
  attributes: { to: ELEMENT_TYPES[type] },
});

/**
 * A reshape's attributes with the batch left to ONNX Runtime (-1). The batch is the first extent that is not 1: a fused
 * dense layer works on [1, batch, units].
 */
export function withFreeBatch({ source }: Value): unknown {
  if (source.kind !== 'node' || source.op !== 'Reshape')
    return (source as { attributes?: unknown }).attributes;
  const shape = [...(source.attributes.shape as number[])];
  shape[shape.findIndex((extent) => extent !== 1)] = -1;
  return { shape };
}
