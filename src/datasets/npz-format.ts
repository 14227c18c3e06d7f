import { join } from 'node:path';
import { Zip, ZipDeflate } from 'fflate';
import { IMAGE_SIDE } from '../data/idx.js';
import { RunError, UserError } from '../errors.js';
import { PARTS, sumOf, type OpenFormat, type Part } from './format.js';
import { StreamedFile } from './streamed-file.js';

const NAME = 'digits.npz';
/** The earliest that a zip file can say, so that the same images are the same bytes. Zip files hold local time. */
const NO_TIME = new Date(1980, 0, 1);
const DEFLATE_LEVEL = 6;
/** Zip files without its 64-bit extension, which fflate does not write. */
const LARGEST_ENTRY_BYTES = 2 ** 32 - 1;

/** digits.npz with x_train, y_train, x_test and y_test, as the mnist.npz of Keras has them: numpy.load reads it. */
export const openNpz: OpenFormat = (folder, counts) => {
  const largest = Math.max(...PARTS.map((part) => sumOf(counts[part]))) * IMAGE_SIDE ** 2;
  if (largest > LARGEST_ENTRY_BYTES)
    throw new UserError(
      `--format: found npz for ${largest} bytes of images, expected at most ${LARGEST_ENTRY_BYTES} (or the format idx)`,
    );
  const file = new StreamedFile(join(folder, NAME), NAME);
  const zip = new Zip((error, chunk) => {
    // What the file itself refuses comes back here.
    if (error instanceof UserError || error instanceof RunError) throw error;
    if (error) throw new RunError(`cannot compress ${NAME}: ${error.message}`, { cause: error });
    file.write(chunk);
  });
  const begin = (name: string, shape: readonly number[]): ZipDeflate => {
    const entry = new ZipDeflate(`${name}.npy`, { level: DEFLATE_LEVEL });
    entry.mtime = NO_TIME;
    zip.add(entry);
    entry.push(npyHeader(shape));
    return entry;
  };
  let open: { part: Part; images: ZipDeflate; labels: Uint8Array[] } | undefined;
  /** A zip file's entries follow one another: the images as they come, then their labels. */
  const end = (): void => {
    if (open === undefined) return;
    open.images.push(new Uint8Array(0), true);
    const labels = begin(`y_${open.part}`, [sumOf(counts[open.part])]);
    for (const some of open.labels) labels.push(some);
    labels.push(new Uint8Array(0), true);
    open = undefined;
  };
  return {
    add(part, block) {
      if (open?.part !== part) {
        end();
        const shape = [sumOf(counts[part]), IMAGE_SIDE, IMAGE_SIDE];
        open = { part, images: begin(`x_${part}`, shape), labels: [] };
      }
      open.images.push(block.images);
      open.labels.push(block.labels);
    },
    finish() {
      end();
      zip.end();
      return [file.finish()];
    },
    abandon: () => file.abandon(),
  };
};

/**
 * What a .npy file of bytes in C order begins with: version 1.0 of
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function npyHeader(shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const description = `{'descr': '|u1', 'fortran_order': False, 'shape': (${tuple}), }`;
  const PREFIX_BYTES = 10;
  const ALIGNMENT_BYTES = 64;
  const bytes =
    Math.ceil((PREFIX_BYTES + description.length + 1) / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  const header = Buffer.alloc(bytes, ' ');
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(bytes - PREFIX_BYTES, 8);
  header.write(description, PREFIX_BYTES, 'latin1');
  header.write('\n', bytes - 1);
  return header;
}
