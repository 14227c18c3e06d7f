import { sizeOf } from '../../graph/value.js';
import { brIf, copyBytes, loop, V128, type Code, type Local, type Operand } from '../assembler.js';
import { f32, i32, v128 } from '../instructions.js';
import { addressOf } from './address.js';
import { transposeSquare } from './micro-kernel.js';
import type { TaskContext } from './task.js';

/** An axis of a copy: how many, and how many elements from one to the next where it reads and where it writes. */
export interface Axis {
  readonly extent: number;
  readonly from: number;
  readonly to: number;
}

/** Elements that are copied from one arrangement in memory to another. */
export interface StridedCopy {
  readonly axes: readonly Axis[];
  /** The first element, where it reads and where it writes. */
  readonly from: number;
  readonly to: number;
  /** 4, or 1. */
  readonly bytes: number;
}

/** Above this many bytes the engine's own copy is faster than a loop of vectors. */
const LARGE_BLOCK_BYTES = 512;

/** Rows of the copy, each code by itself: the axes but the innermost (or the two of a transposed square). */
export interface CopyRows {
  readonly rows: number;
  /** Elements of a row. */
  readonly length: number;
  readonly code: (
    context: TaskContext,
    from: Operand,
    to: Operand,
    firstRow: Local,
    endRow: Local,
  ) => Code;
}

/** Axes of one step from each to the next as one; those of extent 1 are nothing. */
export function mergeAxes(axes: readonly Axis[]): Axis[] {
  const merged: Axis[] = [];
  for (const axis of axes) {
    if (axis.extent === 1) continue;
    const last = merged.at(-1);
    if (
      last !== undefined &&
      last.from === axis.extent * axis.from &&
      last.to === axis.extent * axis.to
    )
      merged[merged.length - 1] = { ...axis, extent: last.extent * axis.extent };
    else merged.push(axis);
  }
  return merged;
}

export function copyRows({ axes, from, to, bytes }: StridedCopy): CopyRows {
  const merged = mergeAxes(axes);
  if (merged.length === 0) merged.push({ extent: 1, from: 1, to: 1 });
  // Written in order, but for the axis that is read in order: next to the innermost, it makes squares.
  const inner = merged[merged.length - 1];
  const readInOrder = merged.findIndex((axis) => axis.from === 1);
  const square =
    bytes === 4 &&
    inner.to === 1 &&
    inner.from !== 1 &&
    inner.extent >= 4 &&
    readInOrder >= 0 &&
    merged[readInOrder].extent >= 4
      ? merged[readInOrder]
      : undefined;
  const outer = merged.slice(0, -1).filter((axis) => axis !== square);
  const rows = sizeOf(outer.map(({ extent }) => extent));
  const address = (base: Operand, first: number, row: Local, key: 'from' | 'to'): Operand =>
    addressOf(
      i32.add(base, first * bytes),
      row.get,
      outer.map((axis) => ({ extent: axis.extent, stride: axis[key] * bytes })),
    );
  return {
    rows,
    length: inner.extent * (square?.extent ?? 1),
    code(context, source, result, firstRow, endRow) {
      const { local } = context;
      const [row, read, write] = [local(), local(), local()];
      return [
        row.set(firstRow.get),
        loop(
          read.set(address(source, from, row, 'from')),
          write.set(address(result, to, row, 'to')),
          square === undefined
            ? lineCopy(context, inner, bytes, read, write)
            : squares(context, inner, square, read, write),
          brIf(0, i32.lessUnsigned(row.tee(i32.add(row.get, 1)), endRow.get)),
        ),
      ];
    },
  };
}

/** One axis. */
function lineCopy(
  { local }: TaskContext,
  { extent, from, to }: Axis,
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
  return [
    at.set(0),
    loop(
      v128.store(i32.add(write.get, at.get), v128.load(i32.add(read.get, at.get))),
      brIf(0, i32.lessUnsigned(at.tee(i32.add(at.get, 16)), whole)),
    ),
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
  const wholeInner = inner.extent - (inner.extent % 4);
  const wholeAcross = across.extent - (across.extent % 4);
  const element = (a: number, b: number): Code =>
    f32.store(writeAt.get, f32.load(readAt.get, 4 * (a * inner.from + b)), 4 * (a + b * across.to));
  const columns = (rows: number): Code => [
    readAt.set(readRow.get),
    writeAt.set(writeRow.get),
    j.set(0),
    loop(
      rows === 4
        ? transposeSquare(
            vectors,
            (k) => v128.load(readAt.get, 4 * k * inner.from),
            (k, x) => v128.store(writeAt.get, x, 4 * k * across.to),
          )
        : Array.from({ length: rows }, (_, a) => [0, 1, 2, 3].map((b) => element(a, b))),
      readAt.set(i32.add(readAt.get, 16)),
      writeAt.set(i32.add(writeAt.get, 16 * across.to)),
      brIf(0, i32.lessUnsigned(j.tee(i32.add(j.get, 4)), wholeAcross)),
    ),
    Array.from({ length: across.extent - wholeAcross }, (_, b) =>
      Array.from({ length: rows }, (_, a) => element(a, b)),
    ),
  ];
  return [
    readRow.set(read.get),
    writeRow.set(write.get),
    i.set(0),
    loop(
      columns(4),
      readRow.set(i32.add(readRow.get, 16 * inner.from)),
      writeRow.set(i32.add(writeRow.get, 16)),
      brIf(0, i32.lessUnsigned(i.tee(i32.add(i.get, 4)), wholeInner)),
    ),
    inner.extent === wholeInner ? [] : columns(inner.extent - wholeInner),
  ];
}
