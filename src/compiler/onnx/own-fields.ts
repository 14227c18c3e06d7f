import protobuf from 'protobufjs/minimal.js';

const { Reader } = protobuf;
type Reader = protobuf.Reader;

/** Wire types: a number, eight bytes, a length and so many bytes, four bytes. The others are groups, of old. */
const WIRE_TYPES = new Set([0, 1, 2, 5]);
const BYTES = 2;

/** The fields of a message that `encodeModel` writes, by their number: a message within it by its own fields. */
interface Fields {
  readonly [field: number]: true | Fields;
}

const ATTRIBUTE: Fields = { 1: true, 2: true, 3: true, 4: true, 8: true, 20: true };
const NODE: Fields = { 1: true, 2: true, 3: true, 4: true, 5: ATTRIBUTE };
const TENSOR: Fields = { 1: true, 2: true, 8: true, 9: true };
const SHAPE: Fields = { 1: { 1: true, 2: true } };
const VALUE_INFO: Fields = { 1: true, 2: { 1: { 1: true, 2: SHAPE } } };
const GRAPH: Fields = { 1: NODE, 2: true, 5: TENSOR, 11: VALUE_INFO, 12: VALUE_INFO };
const MODEL: Fields = { 1: true, 2: true, 7: GRAPH, 8: { 2: true } };

/**
 * Whether an ONNX model has only what proto.ts writes. ONNX has more, which a model from a stranger must not bring along:
 * weights in other files (onnxruntime-node reads them from the working folder), graphs within graphs, which are loops.
 */
export function hasOnlyOwnFields(model: Uint8Array): boolean {
  try {
    return fits(Reader.create(model), model.length, MODEL);
  } catch {
    // The reader met the end within a field: these are no messages.
    return false;
  }
}

function fits(reader: Reader, end: number, fields: Fields): boolean {
  while (reader.pos < end) {
    const key = reader.uint32();
    const [field, wireType] = [key >>> 3, key & 7];
    const inner = fields[field];
    if (inner === undefined || !WIRE_TYPES.has(wireType)) return false;
    if (inner === true) reader.skipType(wireType);
    else {
      const length = reader.uint32();
      if (wireType !== BYTES || !fits(reader, reader.pos + length, inner)) return false;
    }
  }
  return reader.pos === end;
}
