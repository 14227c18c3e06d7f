import protobuf from 'protobufjs/minimal.js';
import type { TypedValues } from '../graph/value.js';

/**
 * ONNX's messages as bytes, a function each, with the field numbers of onnx.proto:
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */

const { Writer } = protobuf;
type Writer = protobuf.Writer;

const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;
const key = (field: number, wireType: number): number => (field << 3) | wireType;

/** TensorProto.DataType */
export const ELEMENT_TYPES = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
} as const;
export type ElementType = keyof typeof ELEMENT_TYPES;

export type AttributeValue = number | string | readonly number[] | { readonly float: number };

export interface NodeMessage {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** A dimension is a number, or a name where it is free. */
export interface ValueMessage {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}

export interface TensorMessage {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: TypedValues | BigInt64Array | Uint16Array;
}

export interface GraphMessage {
  readonly name: string;
  readonly nodes: readonly NodeMessage[];
  readonly initializers: readonly TensorMessage[];
  readonly inputs: readonly ValueMessage[];
  readonly outputs: readonly ValueMessage[];
}

const text = (writer: Writer, field: number, value: string): Writer =>
  writer.uint32(key(field, BYTES)).string(value);
const integer = (writer: Writer, field: number, value: number): Writer =>
  writer.uint32(key(field, VARINT)).int64(value);

/** A nested message: its length, then its fields. */
function message(writer: Writer, field: number, write: (inner: Writer) => void): void {
  write(writer.uint32(key(field, BYTES)).fork());
  writer.ldelim();
}

/** AttributeProto: name 1, f 2, i 3, s 4, ints 8, type 20. */
function attribute(writer: Writer, name: string, value: AttributeValue): void {
  text(writer, 1, name);
  if (typeof value === 'number') integer(integer(writer, 3, value), 20, 2);
  else if (typeof value === 'string') integer(text(writer, 4, value), 20, 3);
  else if ('float' in value) integer(writer.uint32(key(2, FIXED32)).float(value.float), 20, 1);
  else {
    for (const item of value) integer(writer, 8, item);
    integer(writer, 20, 7);
  }
}

/** NodeProto: input 1, output 2, name 3, op_type 4, attribute 5. */
function node(writer: Writer, { op, inputs, outputs, attributes }: NodeMessage): void {
  for (const input of inputs) text(writer, 1, input);
  for (const output of outputs) text(writer, 2, output);
  text(text(writer, 3, outputs[0]), 4, op);
  for (const [name, value] of Object.entries(attributes))
    message(writer, 5, (inner) => attribute(inner, name, value));
}

/** TensorProto: dims 1, data_type 2, name 8, raw_data 9 (little-endian). */
function tensor(writer: Writer, { name, type, shape, data }: TensorMessage): void {
  for (const extent of shape) integer(writer, 1, extent);
  integer(writer, 2, ELEMENT_TYPES[type]);
  text(writer, 8, name);
  writer.uint32(key(9, BYTES)).bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** ValueInfoProto: name 1, type 2; TypeProto: tensor_type 1; its elem_type 1, shape 2; dim 1; dim_value 1 or dim_param 2. */
function valueInfo(writer: Writer, { name, type, shape }: ValueMessage): void {
  text(writer, 1, name);
  message(writer, 2, (typeProto) =>
    message(typeProto, 1, (tensorType) => {
      integer(tensorType, 1, ELEMENT_TYPES[type]);
      message(tensorType, 2, (shapeProto) => {
        for (const extent of shape) {
          message(shapeProto, 1, (dim) =>
            typeof extent === 'number' ? integer(dim, 1, extent) : text(dim, 2, extent),
          );
        }
      });
    }),
  );
}

/** ModelProto: ir_version 1, producer_name 2, graph 7, opset_import 8; GraphProto: node 1, name 2, initializer 5, input 11, output 12. */
export function encodeModel(
  graph: GraphMessage,
  { irVersion, opset }: { irVersion: number; opset: number },
): Uint8Array {
  const writer = Writer.create();
  text(integer(writer, 1, irVersion), 2, 'gan-mnist');
  message(writer, 7, (inner) => {
    for (const item of graph.nodes) message(inner, 1, (w) => node(w, item));
    text(inner, 2, graph.name);
    for (const item of graph.initializers) message(inner, 5, (w) => tensor(w, item));
    for (const item of graph.inputs) message(inner, 11, (w) => valueInfo(w, item));
    for (const item of graph.outputs) message(inner, 12, (w) => valueInfo(w, item));
  });
  message(writer, 8, (inner) => integer(inner, 2, opset));
  return writer.finish();
}

/**
 * The beginning of a model: an output before all others, an empty sequence of tensors, and the node that computes it.
 * A model follows it as it is, since messages of Protocol Buffers that are written one after another are merged.
 * NodeProto, ValueInfoProto and ModelProto as above; TypeProto: sequence_type 4; its elem_type 1, a TypeProto.
 */
export function encodeSequenceOutput(name: string): Uint8Array {
  const writer = Writer.create();
  message(writer, 7, (graph) => {
    message(graph, 1, (w) =>
      node(w, { op: 'SequenceEmpty', inputs: [], outputs: [name], attributes: {} }),
    );
    message(graph, 12, (w) => {
      text(w, 1, name);
      message(w, 2, (typeProto) =>
        message(typeProto, 4, (sequenceType) =>
          message(sequenceType, 1, (elementType) =>
            message(elementType, 1, (tensorType) => integer(tensorType, 1, ELEMENT_TYPES.float32)),
          ),
        ),
      );
    });
  });
  return writer.finish();
}
