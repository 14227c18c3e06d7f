import { join } from 'node:path';
import { Zip, ZipDeflate } from 'fflate';
import { bytesOf, pixelsOf } from '../data/image-set.js';
import { npyHeader } from '../data/npy.js';
import { RunError, UserError } from '../errors.js';
import { PARTS, sumOf, type OpenFormat, type Part } from './format.js';
import { NO_TIME } from './npz-file.js';
import { StreamedFile } from './streamed-file.js';

const NAME = 'digits.npz';
const DEFLATE_LEVEL = 6;
/** Zip files without its 64-bit extension, which fflate does not write. */
const LARGEST_ENTRY_BYTES = 2 ** 32 - 1;
const BYTE_LABELS = 256;

/**
 * digits.npz with x_train, y_train, x_test and y_test, as the mnist.npz of Keras has them: numpy.load reads it. Images of
 * [count, height, width], coloured ones of [count, height, width, 3]; labels of 8 bits, or of 16 where there are more classes than
 * those hold.
 */
export const openNpz: OpenFormat = (folder, { shape, classes, counts }) => {
  const largest = Math.max(...PARTS.map((part) => sumOf(counts[part]))) * bytesOf(shape);
  if (largest > LARGEST_ENTRY_BYTES)
    throw new UserError(
      `--format: found npz for ${largest} bytes of images, expected at most ${LARGEST_ENTRY_BYTES} (or the format idx)`,
    );
  const [height, width, channels] = shape;
  const imageShape = channels === 1 ? [height, width] : [...shape];
  const isWide = classes.length > BYTE_LABELS;
  const file = new StreamedFile(join(folder, NAME), NAME);
  const zip = new Zip((error, chunk) => {
    // What the file itself refuses comes back here.
    if (error instanceof UserError || error instanceof RunError) throw error;
    if (error) throw new RunError(`cannot compress ${NAME}: ${error.message}`, { cause: error });
    file.write(chunk);
  });
  const begin = (name: string, type: '|u1' | '<u2', size: readonly number[]): ZipDeflate => {
    const entry = new ZipDeflate(`${name}.npy`, { level: DEFLATE_LEVEL });
    entry.mtime = NO_TIME;
    zip.add(entry);
    entry.push(npyHeader(type, size));
    return entry;
  };
  let open: { part: Part; images: ZipDeflate; labels: Uint8Array[] } | undefined;
  /** A zip file's entries follow one another: the images as they come, then their labels. */
  const end = (): void => {
    if (open === undefined) return;
    open.images.push(new Uint8Array(0), true);
    const labels = begin(`y_${open.part}`, isWide ? '<u2' : '|u1', [sumOf(counts[open.part])]);
    for (const some of open.labels) labels.push(some);
    labels.push(new Uint8Array(0), true);
    open = undefined;
  };
  return {
    add(part, block) {
      if (open?.part !== part) {
        end();
        const size = [sumOf(counts[part]), ...imageShape];
        open = { part, images: begin(`x_${part}`, '|u1', size), labels: [] };
      }
      open.images.push(pixelsOf(block));
      open.labels.push(isWide ? littleEndian(block.labels) : Uint8Array.from(block.labels));
    },
    finish() {
      end();
      zip.end();
      return [file.finish()];
    },
    abandon: () => file.abandon(),
  };
};

function littleEndian(labels: Uint16Array): Uint8Array {
  const bytes = Buffer.alloc(2 * labels.length);
  labels.forEach((label, k) => bytes.writeUInt16LE(label, 2 * k));
  return bytes;
}
