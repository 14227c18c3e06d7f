import { brIf, loop, type Code, type Local, type Operand, V128 } from '../assembler.js';
import { f32, i32, v128, f32x4 } from '../instructions.js';
import type { TaskContext } from './task.js';

/** Rows and columns of a result that are computed together, in registers; columns are a multiple of 4. */
export interface Tile {
  readonly rows: number;
  readonly columns: number;
}

/** Local variables that every micro-kernel and packing of a product uses. */
export interface ProductLocals {
  readonly sums: readonly (readonly Local[])[];
  readonly b: readonly Local[];
  readonly square: readonly Local[];
  readonly a: Local;
  readonly aAt: Local;
  readonly bAt: Local;
  readonly end: Local;
}

export function productLocals(local: TaskContext['local'], tile: Tile): ProductLocals {
  const vectors = (n: number): Local[] => Array.from({ length: n }, () => local(V128));
  return {
    sums: Array.from({ length: tile.rows }, () => vectors(tile.columns / 4)),
    b: vectors(tile.columns / 4),
    square: vectors(8),
    a: local(V128),
    aAt: local(),
    bAt: local(),
    end: local(),
  };
}

/** One block of a result: where its parts lie, in float32 where not said otherwise. */
export interface MicroKernel {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** Addresses of the block's first numbers, in bytes. */
  readonly a: Operand;
  readonly b: Operand;
  readonly c: Operand;
  /** From one turn to the next, and from one row of A to the next. */
  readonly aStep: number;
  readonly aRow: number;
  readonly bStep: number;
  readonly cRow: number;
  /** Multiplies and adds in one instruction. */
  readonly fused: boolean;
  /** What is added to the products: C as it is, a bias for each column, or nothing. */
  readonly plus: 'result' | { readonly bias: Operand } | undefined;
}

/** C's block = products of `depth` columns of A and rows of B, plus something. */
export function microKernel(
  locals: ProductLocals,
  { rows, columns, depth, a, b, c, aStep, aRow, bStep, cRow, fused, plus }: MicroKernel,
): Code {
  const sums = locals.sums.slice(0, rows).map((row) => row.slice(0, Math.ceil(columns / 4)));
  const { aAt, bAt, end } = locals;
  const multiplyAdd = (x: Operand, y: Operand, z: Operand): readonly Code[] =>
    fused ? f32x4.relaxedMultiplyAdd(x, y, z) : f32x4.add(z, f32x4.mul(x, y));
  const turn: Code = [
    sums[0].map((_, j) => locals.b[j].set(v128.load(bAt.get, 16 * j))),
    sums.map((row, r) => [
      locals.a.set(v128.loadSplat(aAt.get, 4 * r * aRow)),
      row.map((sum, j) => sum.set(multiplyAdd(locals.a.get, locals.b[j].get, sum.get))),
    ]),
  ];
  const write = (sum: Local, r: number, j: number): Code => {
    const at = 4 * (r * cRow + 4 * j);
    const added =
      plus === undefined
        ? sum.get
        : f32x4.add(sum.get, plus === 'result' ? v128.load(c, at) : v128.load(plus.bias, 16 * j));
    if (columns >= 4 * j + 4) return v128.store(c, added, at);
    return [sum.set(added), v128.storeLanes(c, sum.get, columns - 4 * j, at)];
  };
  return [
    aAt.set(a),
    bAt.set(b),
    sums.flat().map((sum) => sum.set(v128.zero)),
    end.set(i32.add(bAt.get, 4 * depth * bStep)),
    loop(
      turn,
      aAt.set(i32.add(aAt.get, 4 * aStep)),
      brIf(0, i32.lessUnsigned(bAt.tee(i32.add(bAt.get, 4 * bStep)), end.get)),
    ),
    sums.map((row, r) => row.map((sum, j) => write(sum, r, j))),
  ];
}

/** A panel of a matrix to be packed: `width` lines, `depth` turns deep. */
export interface Packing {
  readonly from: Operand;
  readonly to: Operand;
  /** Numbers from one row of the matrix to the next. */
  readonly row: number;
  readonly width: number;
  /** Numbers from one turn to the next in the packed panel; those beyond `width` become 0. */
  readonly stride: number;
  readonly depth: number;
}

const range = (from: number, to: number, step = 1): number[] =>
  Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, k) => from + k * step);

/** Lines that are columns: each turn's numbers lie side by side. */
export function packColumns({ aAt: from, bAt: to, end }: ProductLocals, panel: Packing): Code {
  const { width, stride } = panel;
  const whole = width - (width % 4);
  return [
    from.set(panel.from),
    to.set(panel.to),
    end.set(i32.add(to.get, 4 * panel.depth * stride)),
    loop(
      range(0, whole, 4).map((i) => v128.store(to.get, v128.load(from.get, 4 * i), 4 * i)),
      range(whole, stride).map((i) =>
        f32.store(to.get, i < width ? f32.load(from.get, 4 * i) : f32.const(0), 4 * i),
      ),
      from.set(i32.add(from.get, 4 * panel.row)),
      brIf(0, i32.lessUnsigned(to.tee(i32.add(to.get, 4 * stride)), end.get)),
    ),
  ];
}

/** Lines that are rows: four of them are transposed at a time. */
export function packRows(
  { aAt: from, bAt: to, end, square }: ProductLocals,
  { row, width, stride, depth, ...panel }: Packing,
): Code {
  const single = (turn: number, i: number): Code =>
    f32.store(
      to.get,
      i < width ? f32.load(from.get, 4 * (i * row + turn)) : f32.const(0),
      4 * (turn * stride + i),
    );
  const whole = width - (width % 4);
  const turns = depth - (depth % 4);
  return [
    from.set(panel.from),
    to.set(panel.to),
    turns === 0
      ? []
      : [
          end.set(i32.add(to.get, 4 * turns * stride)),
          loop(
            range(0, whole, 4).map((i) =>
              transposeSquare(
                square,
                (k) => v128.load(from.get, 4 * (i + k) * row),
                (k, x) => v128.store(to.get, x, 4 * (i + k * stride)),
              ),
            ),
            range(whole, stride).map((i) => range(0, 4).map((turn) => single(turn, i))),
            from.set(i32.add(from.get, 16)),
            brIf(0, i32.lessUnsigned(to.tee(i32.add(to.get, 16 * stride)), end.get)),
          ),
        ],
    range(0, depth % 4).map((turn) => range(0, stride).map((i) => single(turn, i))),
  ];
}

/** A square of 4 by 4 numbers transposed: four rows in, four rows out. */
export function transposeSquare(
  locals: readonly Local[],
  load: (row: number) => Operand,
  store: (row: number, x: Operand) => Code,
): Code {
  const rows = locals.slice(0, 4);
  const [low01, low23, high01, high23] = locals.slice(4, 8);
  const [x0, x1, x2, x3] = rows.map(({ get }) => get);
  const low = [0, 4, 1, 5];
  const high = [2, 6, 3, 7];
  return [
    rows.map((x, k) => x.set(load(k))),
    low01.set(v128.shuffle(x0, x1, low)),
    low23.set(v128.shuffle(x2, x3, low)),
    high01.set(v128.shuffle(x0, x1, high)),
    high23.set(v128.shuffle(x2, x3, high)),
    store(0, v128.shuffle(low01.get, low23.get, [0, 1, 4, 5])),
    store(1, v128.shuffle(low01.get, low23.get, [2, 3, 6, 7])),
    store(2, v128.shuffle(high01.get, high23.get, [0, 1, 4, 5])),
    store(3, v128.shuffle(high01.get, high23.get, [2, 3, 6, 7])),
  ];
}
