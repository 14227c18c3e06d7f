import { UserError } from '../errors.js';

/**
 * Named float32 arrays in one file: the safetensors format, which Python's safetensors reads as well.
 * https://github.com/huggingface/safetensors#format: the header's length (u64, little-endian), the header (JSON), the
 * data. There is no maintained package for it on npm, and it is 50 lines.
 */

const LENGTH_BYTES = 8;
/** The format's own limit, so that no header is parsed that claims to be the whole file. */
const LARGEST_HEADER_BYTES = 100_000_000;
/** Data starts at a multiple of this, so that it can be viewed in place. */
const ALIGNMENT_BYTES = 8;

interface TensorHeader {
  dtype: 'F32';
  shape: [number];
  data_offsets: [number, number];
}

export function encodeTensors(
  tensors: ReadonlyMap<string, Float32Array>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const [name, { length, byteLength }] of tensors) {
    header[name] = {
      dtype: 'F32',
      shape: [length],
      data_offsets: [end, end + byteLength],
    } satisfies TensorHeader;
    end += byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(json.length / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  const bytes = new Uint8Array(LENGTH_BYTES + headerBytes + end).fill(
    0x20,
    LENGTH_BYTES,
    LENGTH_BYTES + headerBytes,
  );
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(json, LENGTH_BYTES);
  let at = LENGTH_BYTES + headerBytes;
  for (const { buffer, byteOffset, byteLength } of tensors.values()) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return bytes;
}

/** @throws UserError, naming `where`, for bytes that are not what {@link encodeTensors} makes. */
export function decodeTensors(
  bytes: Uint8Array,
  where: string,
): { tensors: Map<string, Float32Array>; metadata: Record<string, string> } {
  const refuse = (found: string, expected: string): never => {
    throw new UserError(`${where}: found ${found}, expected ${expected}`);
  };
  if (bytes.length < LENGTH_BYTES) refuse(`${bytes.length} bytes`, 'a safetensors file');
  const headerBytes = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const dataStart = LENGTH_BYTES + headerBytes;
  if (headerBytes > LARGEST_HEADER_BYTES || dataStart > bytes.length)
    refuse(`a header of ${headerBytes} bytes in a file of ${bytes.length}`, 'one that fits');
  const header =
    parseHeader(bytes.subarray(LENGTH_BYTES, dataStart)) ??
    refuse('a header that is not a JSON object', 'a safetensors header');
  const tensors = new Map<string, Float32Array>();
  let end = 0;
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    if (!isTensorHeader(entry, end))
      return refuse(
        `a tensor "${name.slice(0, 80)}" that is not float32 right behind the one before it`,
        'dtype F32, shape [n] and its offsets',
      );
    const [from, to] = entry.data_offsets;
    if (dataStart + to > bytes.length)
      refuse(
        `a tensor that ends at byte ${dataStart + to} in a file of ${bytes.length}`,
        'all of it',
      );
    // A copy also of a Buffer, whose own slice would be a view.
    const copy = new Uint8Array(bytes.subarray(dataStart + from, dataStart + to));
    tensors.set(name, new Float32Array(copy.buffer));
    end = to;
  }
  if (dataStart + end !== bytes.length)
    refuse(`${bytes.length - dataStart - end} bytes after the last tensor`, 'none');
  const { __metadata__: metadata } = header;
  return {
    tensors,
    metadata:
      typeof metadata === 'object' && metadata !== null ? (metadata as Record<string, string>) : {},
  };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function isTensorHeader(value: unknown, start: number): value is TensorHeader {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Partial<TensorHeader>;
  if (dtype !== 'F32' || !Array.isArray(shape) || !Array.isArray(offsets)) return false;
  return (
    shape.length === 1 &&
    Number.isSafeInteger(shape[0]) &&
    shape[0] >= 0 &&
    offsets[0] === start &&
    offsets[1] === start + 4 * shape[0]
  );
}
