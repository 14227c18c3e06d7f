/** What a .npy file begins with: version 1.0 of https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
const MAGIC = '\x93NUMPY';
const PREFIX_BYTES = 10;
const ALIGNMENT_BYTES = 64;

/**
 * What a .npy file of numbers in C order begins with.
 *
 * @param type as NumPy writes it: `|u1`, `<u2`.
 */
export function npyHeader(type: string, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const description = `{'descr': '${type}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const bytes =
    Math.ceil((PREFIX_BYTES + description.length + 1) / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  const header = Buffer.alloc(bytes, ' ');
  header.write(`${MAGIC}\x01\x00`, 'latin1');
  header.writeUInt16LE(bytes - PREFIX_BYTES, 8);
  header.write(description, PREFIX_BYTES, 'latin1');
  header.write('\n', bytes - 1);
  return header;
}
