/* eslint-disable no-control-regex -- formats begin with such bytes */
import { closeSync, openSync, readSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { explained } from '../files/explain.js';

/** Bytes by which a file's content is recognised: a tar archive says what it is after 257. */
const START_BYTES = 600;

const AS_ARRAYS = '(save its arrays by numpy.savez as x_train, y_train, x_test and y_test)';
const AS_PNG = '(save it as PNG)';

/** Of lines of numbers, which are CSV under another name. */
export const TABLE = 'text with numbers in columns (name it .csv)';

/** What is found under the names of data instead of data, by how it begins: bytes as characters of Latin-1. */
const OTHERS: readonly (readonly [start: RegExp, what: string])[] = [
  [/^$/, 'empty'],
  [/^\0+$/, 'nothing but zeros'],
  [/^\s*<(!doctype html|html)/i, 'HTML (a page instead of the file)'],
  [/^\s*(<\?xml[^]*|<!doctype svg[^]*)?<svg/i, `an SVG drawing ${AS_PNG}`],
  [/^\s*<\?xml/i, 'XML (a page instead of the file)'],
  [/^version https:\/\/git-lfs/, 'a Git LFS pointer (git lfs pull fetches the file)'],
  [/^(\xff\xfe|\xfe\xff)/, 'UTF-16 text (save it as UTF-8)'],
  [/^PK\x03\x04[^]*(\[Content_Types\]|xl\/)/, 'a spreadsheet of Excel (save it as CSV)'],
  [/^PK\x03\x04[^]*\/(data\.pkl|version)/, `a file of PyTorch ${AS_ARRAYS}`],
  [/^PK\x03\x04[^]{26}[\w-]+\.npy/, 'an archive of NumPy (name it .npz)'],
  [/^PK\x03\x04/, 'a zip archive (unpack it)'],
  [/^\xd0\xcf\x11\xe0/, 'a document of Microsoft Office (save it as CSV)'],
  [/^Rar!\x1a\x07/, 'a RAR archive (unpack it)'],
  [/^7z\xbc\xaf\x27\x1c/, 'a 7z archive (unpack it)'],
  [/^[^]{257}ustar/, 'a tar archive (unpack it)'],
  [/^BZh[1-9]/, 'bzip2 data (bunzip2 it)'],
  [/^\xfd7zXZ/, 'xz data (unxz it)'],
  [/^\x28\xb5\x2f\xfd/, 'Zstandard data (unzstd it)'],
  [/^\x04"M\x18/, 'LZ4 data (unlz4 it)'],
  [/^\x93NUMPY/, 'an array of NumPy (name it .npy)'],
  [/^PAR1/, 'a Parquet file (name it .parquet)'],
  [/^\0\0[\x08-\x0e][\x01-\x04]/, 'an IDX file (name it as in MNIST, train-images-idx3-ubyte)'],
  [/^\x89HDF/, `an HDF5 file ${AS_ARRAYS}`],
  [/^MATLAB 5\.0/, `a file of MATLAB ${AS_ARRAYS}`],
  [/^[^]\0\0\0[^]{3}\0[^]{3}\0[\0\x01]\0\0\0[^]\0\0\0\w+\0/, `a file of MATLAB 4 ${AS_ARRAYS}`],
  [/^\x80[\x02-\x05]/, `a pickle of Python objects ${AS_ARRAYS}`],
  [/^[(\]}]*c(numpy|copy_reg|__builtin__|builtins)/, `a pickle of Python objects ${AS_ARRAYS}`],
  [/^[^]{4}\0{4}[^]{4}\n/, `TFRecord data of TensorFlow ${AS_ARRAYS}`],
  [/^\n#\xd7\xce/, `RecordIO data of MXNet ${AS_ARRAYS}`],
  [/^(ARROW1|FEA1|\xff{4}[^]{2}\0\0)/, 'Arrow data (save it as Parquet)'],
  [/^SQLite format 3/, `a database of SQLite ${AS_ARRAYS}`],
  [/^[^]{16}\xde\xc0\xef\xbe/, `a database of LMDB ${AS_ARRAYS}`],
  [/^(\x89PNG|\xff\xd8\xff|RIFF[^]{4}WEBP)/, 'a picture'],
  [/^GIF8/, `a GIF picture ${AS_PNG}`],
  [/^BM[^]{4}\0{4}/, `a BMP picture ${AS_PNG}`],
  [/^(II\*\0|MM\0\*)/, `a TIFF picture ${AS_PNG}`],
  [/^[^]{4}ftypavi/, `an AVIF picture ${AS_PNG}`],
  [/^[^]{4}ftyp(he|mif|msf)/, `a HEIC picture ${AS_PNG}`],
  [/^\0\0\0\x0cJXL /, `a JPEG XL picture ${AS_PNG}`],
  [/^\0\0\0\x0cjP/, `a JPEG 2000 picture ${AS_PNG}`],
  [/^\0\0\x01\0[^]\0/, `an icon ${AS_PNG}`],
  [/^P[1-6]\s+(#[^\n]*\n)?\d+\s+\d+\s/, `a picture in PBM, PGM or PPM ${AS_PNG}`],
  [/^8BPS/, `a picture of Photoshop ${AS_PNG}`],
  [/^%PDF/, 'a PDF document'],
  [/^(%[^\n]*\n|\s)*@relation/i, 'a table in ARFF (save it as CSV)'],
  [/^[-+]?[\d.]+( \d+:[-+\d.e]+){2}/, 'a table of LIBSVM (save it as CSV, with the zeros)'],
  [/^\s*(\{\s*"|\[\s*[[{"\d])/, `JSON text ${AS_ARRAYS}`],
  [/^\s*"?[-+\d.]+"?([,;\t ]+"?[-+\d.e]+"?){15}/i, TABLE],
  [/^\W*"?\w[\w ]*"?([,;\t]"?\w[\w ]*"?){15}/, TABLE],
];

/** What a file seems to be, where it is nothing that images are read from; gzip data, by what is in them. */
export function otherContent(start: Uint8Array): string | undefined {
  const text = Buffer.from(start.subarray(0, START_BYTES)).toString('latin1');
  if (!text.startsWith('\x1f\x8b')) return OTHERS.find(([begins]) => begins.test(text))?.[1];
  const inside = OTHERS.find(([begins]) => begins.test(unzippedStart(start)))?.[1];
  return inside === undefined ? 'gzip data (gunzip it)' : `gzip data, in them ${inside}`;
}

/** What the first bytes of gzip data hold; nothing, where they are damaged. */
function unzippedStart(start: Uint8Array): string {
  try {
    const options = { finishFlush: constants.Z_SYNC_FLUSH };
    return gunzipSync(start.subarray(0, START_BYTES), options).toString('latin1', 0, START_BYTES);
  } catch {
    // Why it is refused is said by who reads it.
    return '\x1f\x8b';
  }
}

/** The first bytes of a file. @throws UserError where it cannot be read. */
export function startOfFile(path: string, count = START_BYTES): Uint8Array {
  return explained('read', path, () => {
    const descriptor = openSync(path, 'r');
    try {
      const start = new Uint8Array(count);
      return start.subarray(0, readSync(descriptor, start));
    } finally {
      closeSync(descriptor);
    }
  });
}
