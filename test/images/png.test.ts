import { decode } from 'fast-png';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePng, encodePng } from '../../src/images/png.js';

const size = { width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 40 }) };
const bytesOf = (length: number, salt: number) =>
  Uint8Array.from({ length }, (_, i) => (i * 31 + ((i * salt) >> 3)) & 255);

describe('encodePng', () => {
  it('is read by another decoder, gray', () => {
    fc.assert(
      fc.property(size.width, size.height, fc.nat(999), (width, height, salt) => {
        const pixels = bytesOf(width * height, salt);
        const read = decode(encodePng({ width, height, channels: 1 as const, pixels }));
        expect(read).toMatchObject({ width, height, channels: 1, depth: 8 });
        expect(new Uint8Array(read.data)).toEqual(pixels);
      }),
    );
  });

  it('is read by another decoder, colour', () => {
    fc.assert(
      fc.property(size.width, size.height, fc.nat(999), (width, height, salt) => {
        const rgb = bytesOf(width * height * 3, salt);
        const read = decode(encodePng({ width, height, channels: 3, pixels: rgb }));
        expect(read).toMatchObject({ width, height, channels: 3, depth: 8 });
        expect(new Uint8Array(read.data)).toEqual(rgb);
      }),
    );
  });

  it('holds nothing but header, pixels and end', () => {
    const png = Buffer.from(
      encodePng({ width: 3, height: 2, channels: 1 as const, pixels: bytesOf(6, 1) }),
    );
    const types: string[] = [];
    for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
      types.push(png.toString('latin1', at + 4, at + 8));
    }
    expect(types.filter((type) => type !== 'IDAT')).toEqual(['IHDR', 'IEND']);
  });

  it('refuses pixels that do not fill the image', () => {
    expect(() =>
      encodePng({ width: 3, height: 2, channels: 1 as const, pixels: bytesOf(5, 1) }),
    ).toThrow('an image of 3 x 2 pixels needs 6 bytes, found 5');
  });
});

describe('decodePng', () => {
  it('reads what encodePng wrote', () => {
    const image = { width: 7, height: 5, channels: 1 as const, pixels: bytesOf(35, 4) };
    expect(decodePng(encodePng(image), 'a.png')).toEqual(image);
  });

  it('names a damaged file', () => {
    const png = encodePng({ width: 7, height: 5, channels: 1 as const, pixels: bytesOf(35, 4) });
    for (const bytes of [png.subarray(0, 30), new Uint8Array(0), Buffer.from('no picture')]) {
      expect(() => decodePng(bytes, 'epoch-0007.png')).toThrow(
        /^epoch-0007\.png is not a readable PNG file: /,
      );
    }
  });
});
