import { operandsOf, topological, type TypedValues, type Value } from '../graph/value.js';
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
  const initializers: TensorMessage[] = [];
  const int64 = new Map<string, string>();
  const int64Tensor = (numbers: readonly number[]): string => {
    const key = numbers.join(',');
    if (!int64.has(key)) {
      int64.set(key, `%int64 ${int64.size}`);
      initializers.push({
        name: int64.get(key)!,
        type: 'int64',
        shape: [numbers.length],
        data: BigInt64Array.from(numbers, BigInt),
      });
    }
    return int64.get(key)!;
  };
  const floats = new Map<number, string>();
  const floatScalar = (x: number): string => {
    if (!floats.has(x)) {
      floats.set(x, `%float ${floats.size}`);
      initializers.push({
        name: floats.get(x)!,
        type: 'float32',
        shape: [],
        data: Float32Array.of(x),
      });
    }
    return floats.get(x)!;
  };
  const outputNames = new Map(outputs.map((port) => [port.value, port.name]));
  for (const value of topological(
    outputs.map((port) => port.value),
    given,
  )) {
    const { source, shape, dtype } = value;
    if (given.has(value)) continue;
    // Counted here: ids differ from one trace to the next in a process, and equal graphs are to be equal bytes.
    names.set(value, outputNames.get(value) ?? `%t${names.size}`);
    if (source.kind === 'constant')
      initializers.push({ name: names.get(value)!, type: dtype, shape, data: source.data });
    else if (source.kind === 'node') {
      const parts = (NODE_PARTS[source.op] as (attributes: unknown) => NodeParts)(
        freeBatch ? withFreeBatch(value) : source.attributes,
      );
      const name = names.get(value)!;
      const result = parts.castTo === undefined ? name : `${name} as int64`;
      nodes.push({
        op: source.op,
        inputs: [
          ...operandsOf(value).map((operand) => names.get(operand)!),
          ...(parts.tensors ?? []).map(int64Tensor),
          ...(parts.scalars ?? []).map(floatScalar),
        ],
        outputs: [result],
        attributes: parts.attributes ?? {},
      });
      if (parts.castTo !== undefined) nodes.push(castNode(result, name, parts.castTo));
    } else if (weights?.has(source.name)) {
      names.set(value, source.name);
      const data = weights.get(source.name)!;
      if (halfPrecision && data instanceof Float32Array) {
        const half = `${source.name} as float16`;
        initializers.push({ name: half, type: 'float16', shape, data: toFloat16(data) });
        nodes.push(castNode(half, source.name, 'float32'));
      } else initializers.push({ name: source.name, type: dtype, shape, data });
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
    { name, nodes, initializers, inputs: inputs.map(declare), outputs: outputs.map(declare) },
    { irVersion: IR_VERSION, opset: OPSET },
  );
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
