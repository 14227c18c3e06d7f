import type { TypedValues } from './value.js';

/** Up to this many elements a constant's key is its elements; beyond, a hash of them. */
const LARGEST_SPELT_CONSTANT = 4096;

/**
 * Attributes as text that is the same only for the same attributes: numbers are told apart as by Object.is, since -0 and 0,
 * the infinities and NaN mean different results. (JSON has one text for all of them.)
 */
export function attributesKey(attributes: object): string {
  return Object.entries(attributes)
    .map(
      ([name, x]) =>
        `${name}=${Array.isArray(x) ? `[${x.map(attributeText).join(',')}]` : attributeText(x)}`,
    )
    .join(',');
}

const attributeText = (x: unknown): string => (Object.is(x, -0) ? '-0' : String(x));

/** Keys of arrays that are equal only for arrays that are equal bit by bit. */
export class ConstantKeys {
  private readonly known = new WeakMap<TypedValues, string>();
  /** Large arrays by their hash; more than one only where two different ones have the same. */
  private readonly large = new Map<string, TypedValues[]>();

  keyOf(data: TypedValues): string {
    let key = this.known.get(data);
    if (key === undefined) this.known.set(data, (key = this.computed(data)));
    return key;
  }

  private computed(data: TypedValues): string {
    const bits = bitsOf(data);
    if (data.length <= LARGEST_SPELT_CONSTANT) return bits.join(',');
    const hash = `${data.length} elements ${hashOf(bits)}`;
    const alike = this.large.get(hash) ?? [];
    this.large.set(hash, alike);
    let index = alike.findIndex((other) => sameBits(bitsOf(other), bits));
    if (index < 0) index = alike.push(data) - 1;
    return `${hash}.${index}`;
  }
}

function bitsOf(data: TypedValues): Int32Array | Uint8Array {
  return data instanceof Float32Array
    ? new Int32Array(data.buffer, data.byteOffset, data.length)
    : data;
}

function sameBits(a: Int32Array | Uint8Array, b: Int32Array | Uint8Array): boolean {
  return a.length === b.length && a.every((x, k) => x === b[k]);
}

/** FNV-1a over words (Fowler, Noll, Vo): quick, and good enough to find equal arrays; those found are compared. */
function hashOf(words: Int32Array | Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const word of words) {
    hash = Math.imul(hash ^ word, 0x01000193);
    // A multiplication carries upwards only: fold the upper bits back.
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}
