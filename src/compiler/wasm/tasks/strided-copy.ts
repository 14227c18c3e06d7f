import { sizeOf } from '../../graph/value.js';
import { brIf, copyBytes, loop, V128, type Code, type Local, type Operand } from '../assembler.js';
import { count, f32, i32, v128 } from '../instructions.js';
import { addressOf, mergeAxes, type Axis } from './axes.js';
import { transposeSquare } from './micro-kernel.js';
import { eachRow, rowsOf, type Rows, type TaskContext } from './task.js';

/** Elements that are copied from one arrangement in memory to another. */
export interface StridedCopy {
  /** Their strides where it reads, and where it writes. */
  readonly axes: readonly Axis[];
  /** The first element, where it reads and where it writes. */
  readonly first: readonly [number, number];
  /** 4, or 1. */
  readonly bytes: number;
}

/** Elements that a unit copies. */
export const ELEMENTS_A_UNIT = 8192;
/** Above this many bytes the engine's own copy is faster than a loop of vectors. */
const LARGE_BLOCK_BYTES = 512;

/** A copy by rows, of the operand of its number among a task's: the innermost axis, or the two of a transposed square. */
export function copiedRows({ axes, first, bytes }: StridedCopy, operand: number): Rows {
  const merged = mergeAxes(axes);
  if (merged.length === 0) merged.push({ extent: 1, strides: [1, 1] });
  // Written in order, but for the axis that is read in order: next to the innermost, it makes squares.
  const inner = merged[merged.length - 1];
  const inOrder = merged.find(({ strides: [from] }) => from === 1);
  const isSquare = bytes === 4 && inner.strides[0] !== 1 && inner.strides[1] === 1;
  const square =
    isSquare && inner.extent >= 4 && inOrder !== undefined && inOrder.extent >= 4
      ? inOrder
      : undefined;
  const outer = merged.slice(0, -1).filter((axis) => axis !== square);
  return {
    rows: sizeOf(outer.map(({ extent }) => extent)),
    perUnit: rowsOf(ELEMENTS_A_UNIT, inner.extent * (square?.extent ?? 1)),
    code(context, row, end) {
      const { local, addresses } = context;
      const [source, result] = [addresses[operand], addresses[addresses.length - 1]];
      const [read, write] = [local(), local()];
      const address = (base: Local, array: 0 | 1): Operand =>
        addressOf(i32.add(base.get, first[array] * bytes), row.get, outer, { array, bytes });
      return {
        each: eachRow(
          row,
          end,
          read.set(address(source, 0)),
          write.set(address(result, 1)),
          square === undefined
            ? lineCopy(context, inner, bytes, read, write)
            : squares(context, inner, square, read, write),
        ),
      };
    },
  };
}

/** One axis. */
function lineCopy(
  { local }: TaskContext,
  { extent, strides: [from, to] }: Axis,
  bytes: number,
  read: Local,
  write: Local,
): Code {
  if (from === 1 && to === 1) return blockCopy(local, extent * bytes, read, write);
  const end = local();
  const one =
    bytes === 1
      ? i32.store8(write.get, i32.load8(read.get))
      : f32.store(write.get, f32.load(read.get));
  // Counted by what is written: every element is written once, so that its step is not 0.
  return [
    end.set(i32.add(write.get, extent * to * bytes)),
    loop(
      one,
      read.set(i32.add(read.get, from * bytes)),
      brIf(0, i32.ne(write.tee(i32.add(write.get, to * bytes)), end.get)),
    ),
  ];
}

/** Bytes that lie together. */
export function blockCopy(
  local: TaskContext['local'],
  bytes: number,
  read: Local,
  write: Local,
): Code {
  if (bytes >= LARGE_BLOCK_BYTES || bytes % 4 !== 0) return copyBytes(write.get, read.get, bytes);
  const whole = bytes - (bytes % 16);
  const rest = Array.from({ length: (bytes % 16) / 4 }, (_, k) => whole + 4 * k);
  const vectors = Array.from({ length: whole / 16 }, (_, k) => 16 * k);
  if (vectors.length <= 8)
    return [
      vectors.map((at) => v128.store(write.get, v128.load(read.get, at), at)),
      rest.map((at) => f32.store(write.get, f32.load(read.get, at), at)),
    ];
  const at = local();
  const vector = v128.store(i32.add(write.get, at.get), v128.load(i32.add(read.get, at.get)));
  return [
    count(at, 0, whole, 16, vector),
    rest.map((k) => f32.store(write.get, f32.load(read.get, k), k)),
  ];
}

/** Two axes, of which one is read in order and the other written in order: squares of 4 by 4. */
function squares(
  { local }: TaskContext,
  inner: Axis,
  across: Axis,
  read: Local,
  write: Local,
): Code {
  const [i, j, readAt, writeAt, readRow, writeRow] = Array.from({ length: 6 }, () => local());
  const vectors = Array.from({ length: 8 }, () => local(V128));
  const [fromInner, toAcross] = [inner.strides[0], across.strides[1]];
  const wholeInner = inner.extent - (inner.extent % 4);
  const wholeAcross = across.extent - (across.extent % 4);
  const element = (a: number, b: number): Code =>
    f32.store(writeAt.get, f32.load(readAt.get, 4 * (a * fromInner + b)), 4 * (a + b * toAcross));
  const elements = (rows: number, columns: number): Code =>
    Array.from({ length: columns }, (_, b) =>
      Array.from({ length: rows }, (_, a) => element(a, b)),
    );
  const columns = (rows: number): Code => [
    readAt.set(readRow.get),
    writeAt.set(writeRow.get),
    count(j, 0, wholeAcross, 4, [
      rows === 4
        ? transposeSquare(
            vectors,
            (k) => v128.load(readAt.get, 4 * k * fromInner),
            (k, x) => v128.store(writeAt.get, x, 4 * k * toAcross),
          )
        : elements(rows, 4),
      readAt.set(i32.add(readAt.get, 16)),
      writeAt.set(i32.add(writeAt.get, 16 * toAcross)),
    ]),
    elements(rows, across.extent - wholeAcross),
  ];
  return [
    readRow.set(read.get),
    writeRow.set(write.get),
    count(i, 0, wholeInner, 4, [
      columns(4),
      readRow.set(i32.add(readRow.get, 16 * fromInner)),
      writeRow.set(i32.add(writeRow.get, 16)),
    ]),
    inner.extent === wholeInner ? [] : columns(inner.extent - wholeInner),
  ];
}
