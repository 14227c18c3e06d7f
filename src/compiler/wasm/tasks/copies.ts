import { bytesPerElement, isNode, sizeOf, type NodeValue, type Value } from '../../graph/value.js';
import { when, zeroBytes, type Code } from '../assembler.js';
import { i32 } from '../instructions.js';
import { stridesOf } from './address.js';
import { copyRows, type Axis, type StridedCopy } from './strided-copy.js';
import { taskFunction, type Task } from './task.js';

/** Elements that a unit copies. */
const ELEMENTS_A_UNIT = 8192;

export type CopyOp = 'Transpose' | 'Concat' | 'Slice' | 'Pad';

export const isCopy = (value: Value): value is NodeValue<CopyOp> =>
  isNode(value, 'Transpose', 'Concat', 'Slice', 'Pad');

/** The copies that make up the value, one from each operand. */
function copiesOf(value: NodeValue<CopyOp>): StridedCopy[] {
  const to = stridesOf(value.shape);
  const bytes = bytesPerElement(value.dtype);
  const { operands } = value.source;
  const from = operands.map(({ shape }) => stridesOf(shape));
  const [x] = operands;
  if (isNode(value, 'Transpose')) {
    const { perm } = value.source.attributes;
    const axes = perm.map((axis, k): Axis => ({
      extent: x.shape[axis],
      from: from[0][axis],
      to: to[k],
    }));
    return [{ axes, from: 0, to: 0, bytes }];
  }
  if (isNode(value, 'Slice')) {
    const { begin, step } = value.source.attributes;
    const axes = value.shape.map((extent, k): Axis => ({
      extent,
      from: from[0][k] * step[k],
      to: to[k],
    }));
    const first = begin.reduce((sum, index, k) => sum + index * from[0][k], 0);
    return [{ axes, from: first, to: 0, bytes }];
  }
  if (isNode(value, 'Pad')) {
    const { before } = value.source.attributes;
    const axes = x.shape.map((extent, k): Axis => ({ extent, from: from[0][k], to: to[k] }));
    return [{ axes, from: 0, to: before.reduce((sum, index, k) => sum + index * to[k], 0), bytes }];
  }
  const { axis } = (value as NodeValue<'Concat'>).source.attributes;
  let begin = 0;
  return operands.map((operand, n) => {
    const axes = operand.shape.map((extent, k): Axis => ({ extent, from: from[n][k], to: to[k] }));
    const first = begin * to[axis];
    begin += operand.shape[axis];
    return { axes, from: 0, to: first, bytes };
  });
}

/** Elements that are arranged anew: on the operands, then the result. */
export function copyTask(value: NodeValue<CopyOp>): Task {
  // Padding is written before what lies in it, so that one thread must do both.
  const pad = isNode(value, 'Pad');
  const parts = copiesOf(value).map((copy) => {
    const { rows, length, code } = copyRows(copy);
    const perUnit = pad ? rows : Math.max(1, Math.floor(ELEMENTS_A_UNIT / length));
    return { rows, perUnit, code, units: Math.ceil(rows / perUnit) };
  });
  const units = parts.reduce((sum, part) => sum + part.units, 0);
  const task = { arrays: parts.length + 1, units };
  return {
    ...task,
    scratch: 0,
    signature: `copy ${JSON.stringify(copiesOf(value))} ${value.shape.join()}`,
    function: (name) =>
      taskFunction(name, task, (context) => {
        const { addresses, unit, local } = context;
        const result = addresses[addresses.length - 1];
        const [from, to] = [local(), local()];
        let first = 0;
        const codes = parts.map(({ rows, perUnit, code, units: count }, k): Code => {
          const begin = first;
          first += count;
          const body: Code = [
            from.set(i32.mul(i32.sub(unit.get, begin), perUnit)),
            to.set(i32.add(from.get, perUnit)),
            when(i32.lessUnsigned(rows, to.get), to.set(rows)),
            code(context, addresses[k].get, result.get, from, to),
          ];
          if (parts.length === 1) return body;
          return when(i32.lessUnsigned(i32.sub(unit.get, begin), count), body);
        });
        return {
          each: [
            pad ? zeroBytes(result.get, sizeOf(value.shape) * bytesPerElement(value.dtype)) : [],
            codes,
          ],
        };
      }),
  };
}
