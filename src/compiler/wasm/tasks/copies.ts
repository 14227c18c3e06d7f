import { bytesPerElement, isNode, sizeOf, type NodeValue, type Value } from '../../graph/value.js';
import { zeroBytes, type Local, type Operand } from '../assembler.js';
import { i32 } from '../instructions.js';
import { stridesOf } from './axes.js';
import { copiedRows, ELEMENTS_A_UNIT, type StridedCopy } from './strided-copy.js';
import { rowsOf, rowsTask, type Rows, type Task } from './task.js';

export type CopyOp = 'Transpose' | 'Concat' | 'Slice' | 'Pad';

export const isCopy = (value: Value): value is NodeValue<CopyOp> =>
  isNode(value, 'Transpose', 'Concat', 'Slice', 'Pad');

/** The distance of an element from the first. */
const distance = (indices: readonly number[], strides: readonly number[]): number =>
  indices.reduce((sum, index, axis) => sum + index * strides[axis], 0);

/** The copies that make up the value, one from each operand. */
function copiesOf(value: NodeValue<CopyOp>): StridedCopy[] {
  const bytes = bytesPerElement(value.dtype);
  const to = stridesOf(value.shape);
  let begin = 0;
  return value.source.operands.map(({ shape }) => {
    const from = stridesOf(shape);
    const copy = (
      extents: readonly number[],
      strides: (axis: number) => readonly number[],
      [read, written]: readonly number[] = [0, 0],
    ): StridedCopy => {
      const axes = extents.map((extent, axis) => ({ extent, strides: strides(axis) }));
      return { axes, first: [read, written], bytes };
    };
    if (isNode(value, 'Transpose')) {
      const { perm } = value.source.attributes;
      return copy(value.shape, (axis) => [from[perm[axis]], to[axis]]);
    }
    if (isNode(value, 'Slice')) {
      const { begin: first, step } = value.source.attributes;
      const strides = (axis: number): number[] => [from[axis] * step[axis], to[axis]];
      return copy(value.shape, strides, [distance(first, from), 0]);
    }
    const inPlace = (axis: number): number[] => [from[axis], to[axis]];
    if (isNode(value, 'Pad'))
      return copy(shape, inPlace, [0, distance(value.source.attributes.before, to)]);
    const { axis } = (value as NodeValue<'Concat'>).source.attributes;
    const written = begin * to[axis];
    begin += shape[axis];
    return copy(shape, inPlace, [0, written]);
  });
}

/** Elements that are arranged anew: on the operands, then the result. */
export function copyTask(value: NodeValue<CopyOp>): Task {
  const copies = copiesOf(value);
  const lists = copies.map(copiedRows);
  return rowsTask(
    {
      signature: `copy ${JSON.stringify(copies)} ${value.shape.join()}`,
      arrays: copies.length + 1,
    },
    ...(isNode(value, 'Pad') ? lists.map((rows) => padded(rows, value)) : lists),
  );
}

/**
 * Padding is written before what lies in it, so that one thread must do both: for each element of the axes before the first that is
 * padded, as for each image of a batch.
 */
function padded(copy: Rows, { shape, dtype, source }: NodeValue<'Pad'>): Rows {
  const { before, after } = source.attributes;
  const first = shape.findIndex((_, axis) => before[axis] + after[axis] > 0);
  const parts = sizeOf(shape.slice(0, Math.max(0, first)));
  // Those of which each element is a line of the copy's are not apart in it.
  const count = copy.rows % parts === 0 ? parts : 1;
  const elements = sizeOf(shape) / count;
  const bytes = elements * bytesPerElement(dtype);
  return {
    rows: count,
    perUnit: Math.min(count, rowsOf(ELEMENTS_A_UNIT, elements)),
    code(context, from, to) {
      const result = context.addresses[context.addresses.length - 1];
      const [row, end] = [context.local(), context.local()];
      const { each } = copy.code(context, row, end);
      const rowOf = (part: Local): Operand => i32.mul(part.get, copy.rows / count);
      return {
        each: [
          zeroBytes(
            i32.add(result.get, i32.mul(from.get, bytes)),
            i32.mul(i32.sub(to.get, from.get), bytes),
          ),
          row.set(rowOf(from)),
          end.set(rowOf(to)),
          each,
        ],
      };
    },
  };
}
