import type { Builder } from '../graph/builder.js';
import type { Value } from '../graph/value.js';

/** Arrays by their elements: the builder knows large constants by identity, and equal ones are to be one value. */
const known = new Map<string, Float32Array | Int32Array>();

/** A constant that is the same value of the graph wherever the same elements are asked for. */
export function constantOf(
  builder: Builder,
  elements: Float32Array | Int32Array,
  shape: readonly number[],
): Value {
  const dtype = elements instanceof Float32Array ? 'float32' : 'int32';
  const key = `${dtype}|${elements.join(',')}`;
  const data = known.get(key) ?? elements;
  known.set(key, data);
  return builder.constant(data, shape, dtype);
}

/** A function of shapes and attributes, computed once for each: what it makes takes a while, and is asked for several times. */
export function oncePerGeometry<Geometry extends readonly unknown[], Result>(
  compute: (...geometry: Geometry) => Result,
): (...geometry: Geometry) => Result {
  const made = new Map<string, Result>();
  return (...geometry) => {
    const key = JSON.stringify(geometry);
    if (!made.has(key)) made.set(key, compute(...geometry));
    return made.get(key)!;
  };
}

/** 0 to length - 1. */
export const range = (length: number): number[] => Array.from({ length }, (_, k) => k);

/** All indices of an array of this shape, in the order of its elements. */
export function indicesOf(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (prefixes, extent) => prefixes.flatMap((prefix) => range(extent).map((k) => [...prefix, k])),
    [[]],
  );
}
