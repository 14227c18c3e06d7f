import jpegModule from '@jsquash/jpeg/codec/dec/mozjpeg_dec.js';
import { exifOrientation } from './orientation.js';
import type { Decoded, PictureHeader } from './picture.js';
import { WasmDecoder, type Factory, type Image } from './wasm-decoder.js';

/** Markers (ITU-T T.81, table B.1). */
const START_OF_SCAN = 0xda;
const APP1 = 0xe1;
/** Starts of frames are C0 to CF but for these: Huffman and arithmetic tables, a reserved one. */
const isStartOfFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
/** Without a length: padding, restarts, the image's start. */
const isAlone = (marker: number): boolean => marker === 0xff || (marker >= 0xd0 && marker <= 0xd8);

export function inspectJpeg(bytes: Uint8Array): PictureHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let orientation = 1;
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) throw new Error('a segment does not begin with a marker');
    const marker = bytes[at + 1];
    if (isAlone(marker)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    const length = view.getUint16(at + 2);
    const data = bytes.subarray(at + 4, at + 2 + length);
    if (marker === APP1 && String.fromCharCode(...data.subarray(0, 6)) === 'Exif\0\0')
      orientation = exifOrientation(data.subarray(6));
    if (isStartOfFrame(marker)) {
      if (data.length < 6) break;
      return {
        width: (data[3] << 8) | data[4],
        height: (data[1] << 8) | data[2],
        isGray: data[5] === 1,
        orientation,
      };
    }
    if (marker === START_OF_SCAN) break;
    at += 2 + length;
  }
  throw new Error('it has no header');
}

interface Decoder {
  decode(bytes: BufferSource, preserveOrientation: boolean): Image | null;
}

/** mozjpeg's decoder: what a cut file lacks it makes gray, and says so. */
const decoder = new WasmDecoder<Decoder>(
  '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm',
  jpegModule as Factory<Decoder>,
  (module, bytes) => module.decode(bytes, false),
);

export const decodeJpeg = (bytes: Uint8Array): Promise<Decoded> => decoder.decode(bytes);
