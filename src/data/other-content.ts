import { closeSync, openSync, readSync } from 'node:fs';
import { explained } from '../files/explain.js';

/** Bytes by which a file's content is recognised. */
const START_BYTES = 64;

/** What is found under the names of data instead of data, by how it begins. */
const OTHERS: readonly (readonly [start: string, what: string])[] = [
  ['<!doctype', 'HTML (a page instead of the file)'],
  ['<html', 'HTML (a page instead of the file)'],
  ['<?xml', 'XML (a page instead of the file)'],
  ['version https://git-lfs', 'a Git LFS pointer (git lfs pull fetches the file)'],
  ['\xff\xfe', 'UTF-16 text (save it as UTF-8)'],
  ['\xfe\xff', 'UTF-16 text (save it as UTF-8)'],
  ['\x1f\x8b', 'gzip data (gunzip it)'],
  ['pk\x03\x04', 'a zip archive (unpack it)'],
  ['rar!', 'a RAR archive (unpack it)'],
  ['7z\xbc\xaf\x27\x1c', 'a 7z archive (unpack it)'],
  ['bzh', 'bzip2 data (bunzip2 it)'],
  ['\xfd7zxz', 'xz data (unxz it)'],
  ['\x93numpy', 'an array of NumPy (name it .npy)'],
  ['\x89hdf', 'an HDF5 file'],
  ['par1', 'a Parquet file (name it .parquet)'],
  ['\x80\x02', 'a pickle of Python objects'],
  ['\x80\x03', 'a pickle of Python objects'],
  ['\x80\x04', 'a pickle of Python objects'],
  ['\x89png', 'a picture'],
  ['\xff\xd8\xff', 'a picture'],
];

/** What a file seems to be, where it is nothing that images are read from. */
export function otherContent(start: Uint8Array): string | undefined {
  const text = String.fromCharCode(...start.subarray(0, START_BYTES)).trimStart();
  return OTHERS.find(([begins]) => text.toLowerCase().startsWith(begins))?.[1];
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
