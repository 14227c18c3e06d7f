import { inflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { exifOrientation } from './orientation.js';
import type { Decoded, PictureHeader } from './picture.js';

/** Chunks (PNG specification, 5.3): length, type, data, checksum. */
const SIGNATURE_BYTES = 8;
const AROUND_DATA = 12;
/** Colour types (11.2.2 IHDR). */
const PALETTE = 3;
const GRAY = [0, 4];

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
}

function* chunksOf(bytes: Uint8Array): Generator<Chunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = SIGNATURE_BYTES; at + AROUND_DATA <= bytes.length;) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (at + AROUND_DATA + length > bytes.length) return;
    yield { type, data: bytes.subarray(at + 8, at + 8 + length) };
    at += AROUND_DATA + length;
  }
}

interface Ihdr {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colorType: number;
  readonly isInterlaced: boolean;
}

function readIhdr(bytes: Uint8Array): Ihdr {
  const [{ type, data } = { type: '', data: new Uint8Array() }] = chunksOf(bytes);
  if (type !== 'IHDR' || data.length !== 13) throw new Error('it has no header');
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return {
    width: view.getUint32(0),
    height: view.getUint32(4),
    depth: data[8],
    colorType: data[9],
    isInterlaced: data[12] !== 0,
  };
}

export function inspectPng(bytes: Uint8Array): PictureHeader {
  const { width, height, colorType } = readIhdr(bytes);
  let isGray = GRAY.includes(colorType);
  let orientation = 1;
  for (const { type, data } of chunksOf(bytes)) {
    if (type === 'PLTE' && colorType === PALETTE) isGray = isGrayPalette(data);
    if (type === 'eXIf') orientation = exifOrientation(data);
  }
  return { width, height, isGray, orientation };
}

function isGrayPalette(colors: Uint8Array): boolean {
  for (let k = 0; k + 2 < colors.length; k += 3)
    if (colors[k] !== colors[k + 1] || colors[k] !== colors[k + 2]) return false;
  return true;
}

/** Any PNG: gray, colours, a palette; 1 to 16 bits; transparent, interlaced. */
export function decodePng(bytes: Uint8Array): Decoded {
  refuseBomb(bytes);
  const { width, height, data } = PNG.sync.read(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  );
  return { width, height, rgba: data };
}

/** pngjs inflates the data of an interlaced picture without a bound: a small file may hold gigabytes. */
function refuseBomb(bytes: Uint8Array): void {
  const { width, height, depth, isInterlaced } = readIhdr(bytes);
  if (!isInterlaced) return;
  const CHANNELS = 4;
  const PASSES = 7;
  const most = (Math.ceil((width * depth * CHANNELS) / 8) + PASSES) * (height + PASSES);
  const data = [...chunksOf(bytes)].filter(({ type }) => type === 'IDAT');
  inflateSync(Buffer.concat(data.map((chunk) => chunk.data)), { maxOutputLength: most });
}
