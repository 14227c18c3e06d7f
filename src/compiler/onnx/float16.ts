/**
 * Numbers as IEEE 754 half precision (binary16), each to the nearest, ties to even: 11 significant bits, so that a weight of a
 * network is off by at most 1 in 2,048.
 *
 * @throws RangeError for one beyond the greatest half, 65,504.
 */
export function toFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, (all, k) => {
    const sign = (all >>> 16) & 0x8000;
    const magnitude = all & 0x7fffffff;
    // 65,520 is the first number that would round to the half after the greatest.
    if (magnitude >= 0x477ff000)
      throw new RangeError(`${values[k]} is no number of half precision`);
    // Below 2^-14 halves are multiples of 2^-24.
    if (magnitude < 0x38800000) return sign | roundToEven(Math.abs(values[k]) * 2 ** 24);
    // The exponent's bias goes from 127 to 15, and 13 of the 23 bits behind the point go; a carry out of them is right as it is.
    const kept = magnitude - (112 << 23);
    const rounded = kept + 0xfff + ((kept >>> 13) & 1);
    return sign | (rounded >>> 13);
  });
}

function roundToEven(x: number): number {
  const down = Math.floor(x);
  const rest = x - down;
  return rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? down + 1 : down;
}
