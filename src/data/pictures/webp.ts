import webpModule from '@jsquash/webp/codec/dec/webp_dec.js';
import { exifOrientation } from './orientation.js';
import type { Decoded, PictureHeader } from './picture.js';
import { WasmDecoder, type Factory, type Image } from './wasm-decoder.js';

const CHUNKS_FROM = 12;
/** https://developers.google.com/speed/webp/docs/riff_container */
const ANIMATION = 0x02;

export function inspectWebp(bytes: Uint8Array): PictureHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let size: { width: number; height: number } | undefined;
  let orientation = 1;
  for (let at = CHUNKS_FROM; at + 8 <= bytes.length;) {
    const type = String.fromCharCode(...bytes.subarray(at, at + 4));
    const length = view.getUint32(at + 4, true);
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (type === 'VP8X' && data.length >= 10 && (data[0] & ANIMATION) !== 0)
      throw new Error('it is an animation');
    size ??= sizeIn(type, data);
    if (type === 'EXIF') orientation = exifOrientation(withoutPrefix(data));
    at += 8 + length + (length % 2);
  }
  if (size === undefined) throw new Error('it has no header');
  return { ...size, isGray: false, orientation };
}

function sizeIn(type: string, data: Uint8Array): { width: number; height: number } | undefined {
  if (data.length < 10 && !(type === 'VP8L' && data.length >= 5)) return undefined;
  const three = (at: number): number => data[at] | (data[at + 1] << 8) | (data[at + 2] << 16);
  if (type === 'VP8X') return { width: three(4) + 1, height: three(7) + 1 };
  if (type === 'VP8 ')
    return {
      width: (data[6] | (data[7] << 8)) & 0x3fff,
      height: (data[8] | (data[9] << 8)) & 0x3fff,
    };
  if (type !== 'VP8L') return undefined;
  const bits = (data[1] | (data[2] << 8) | (data[3] << 16) | (data[4] << 24)) >>> 0;
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}

/** Some programs write the bytes that EXIF has before it in JPEG. */
const withoutPrefix = (data: Uint8Array): Uint8Array =>
  String.fromCharCode(...data.subarray(0, 6)) === 'Exif\0\0' ? data.subarray(6) : data;

interface Decoder {
  decode(bytes: BufferSource): Image | null;
}

const decoder = new WasmDecoder<Decoder>(
  '@jsquash/webp/codec/dec/webp_dec.wasm',
  webpModule as Factory<Decoder>,
  (module, bytes) => module.decode(bytes),
);

export const decodeWebp = (bytes: Uint8Array): Promise<Decoded> => decoder.decode(bytes);
