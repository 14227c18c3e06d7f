/** 0 to length - 1. */
export const range = (length: number): number[] => Array.from({ length }, (_, k) => k);

/** All indices of an array of this shape, in the order of its elements. */
export function indicesOf(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (prefixes, extent) => prefixes.flatMap((prefix) => range(extent).map((k) => [...prefix, k])),
    [[]],
  );
}
