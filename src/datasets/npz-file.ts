import { zipSync } from 'fflate';
import { npyHeader } from '../data/npy.js';

/** Numbers of one type in C order. */
export interface NpzArray {
  /** As NumPy writes it: `|u1`, `<u2`. */
  readonly type: string;
  readonly shape: readonly number[];
  /** The numbers as the type has them. */
  readonly bytes: Uint8Array;
}

/** The earliest that a zip file can say, so that the same arrays are the same bytes. Zip files hold local time. */
export const NO_TIME = new Date(1980, 0, 1);

/** Arrays by their names, as `numpy.load` reads them. */
export function npzFile(arrays: Readonly<Record<string, NpzArray>>): Uint8Array {
  const entries = Object.entries(arrays).map(([name, { type, shape, bytes }]) => [
    `${name}.npy`,
    Buffer.concat([npyHeader(type, shape), bytes]),
  ]);
  return zipSync(Object.fromEntries(entries) as Record<string, Uint8Array>, {
    level: 6,
    mtime: NO_TIME,
  });
}
