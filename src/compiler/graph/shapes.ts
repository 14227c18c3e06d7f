interface Shaped {
  readonly shape: readonly number[];
}

/** NumPy's broadcasting, as ONNX has it: aligned at the last axis, an extent of 1 stretches. */
export function broadcastShapes(operands: readonly Shaped[]): readonly number[] {
  const rank = Math.max(...operands.map(({ shape }) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    let result = 1;
    for (const { shape } of operands) {
      const extent = shape[axis - rank + shape.length] ?? 1;
      if (extent === 1 || extent === result) continue;
      if (result !== 1) {
        throw new Error(
          `cannot broadcast ${operands.map((x) => `[${x.shape.join(', ')}]`).join(' with ')}`,
        );
      }
      result = extent;
    }
    return result;
  });
}

/** The shape that is left when the axes are reduced; `keepDims` leaves extents of 1 in their place. */
export function reducedShape(
  shape: readonly number[],
  axes: readonly number[],
  keepDims: boolean,
): readonly number[] {
  for (const axis of axes) {
    if (!(axis >= 0 && axis < shape.length))
      throw new Error(`no axis ${axis} in [${shape.join(', ')}]`);
  }
  return keepDims
    ? shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
    : shape.filter((_, axis) => !axes.includes(axis));
}

/** The operands' common shape with their extents along `axis` added up. */
export function concatShape(operands: readonly Shaped[], axis: number): readonly number[] {
  const [first, ...others] = operands.map(({ shape }) => shape);
  for (const other of others) {
    if (
      other.length !== first.length ||
      other.some((extent, k) => k !== axis && extent !== first[k])
    ) {
      throw new Error(
        `cannot concatenate [${first.join(', ')}] and [${other.join(', ')}] along axis ${axis}`,
      );
    }
  }
  return first.map((extent, k) =>
    k === axis ? others.reduce((sum, other) => sum + other[k], extent) : extent,
  );
}

/** [m, n] of a product of two matrices, either transposed first. */
export function gemmShape(
  a: readonly number[],
  b: readonly number[],
  bias: readonly number[] | undefined,
  { transA, transB }: { transA: boolean; transB: boolean },
): readonly number[] {
  const [m, k] = transA ? [a[1], a[0]] : a;
  const [k2, n] = transB ? [b[1], b[0]] : b;
  const fits = a.length === 2 && b.length === 2 && k === k2;
  if (!fits)
    throw new Error(
      `cannot multiply [${a.join(', ')}]${transA ? 'ᵀ' : ''} by [${b.join(', ')}]${transB ? 'ᵀ' : ''}`,
    );
  if (bias !== undefined && bias[bias.length - 1] !== n)
    throw new Error(`a bias of [${bias.join(', ')}] does not fit ${n} columns`);
  return [m, n];
}

interface Window {
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
}

/** Conv of ONNX: x [n, c, h, w], filter [m, c, kh, kw]. */
export function convShape(
  x: readonly number[],
  filter: readonly number[],
  { strides, pads, dilations }: Window,
): readonly number[] {
  if (x[1] !== filter[1])
    throw new Error(`a filter for ${filter[1]} channels does not fit ${x[1]}`);
  const extent = (axis: number): number => {
    const reach = (filter[axis + 2] - 1) * dilations[axis] + 1;
    return Math.floor((x[axis + 2] + pads[axis] + pads[axis + 2] - reach) / strides[axis]) + 1;
  };
  return [x[0], filter[0], extent(0), extent(1)];
}

/** ConvTranspose of ONNX: x [n, c, h, w], filter [c, m, kh, kw]. */
export function convTransposeShape(
  x: readonly number[],
  filter: readonly number[],
  { strides, pads, dilations, outputPadding }: Window & { outputPadding: readonly number[] },
): readonly number[] {
  if (x[1] !== filter[0])
    throw new Error(`a filter for ${filter[0]} channels does not fit ${x[1]}`);
  const extent = (axis: number): number =>
    (x[axis + 2] - 1) * strides[axis] +
    outputPadding[axis] +
    (filter[axis + 2] - 1) * dilations[axis] +
    1 -
    pads[axis] -
    pads[axis + 2];
  return [x[0], filter[1], extent(0), extent(1)];
}
