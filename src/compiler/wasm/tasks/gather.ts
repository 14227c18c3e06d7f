import {
  bytesPerElement,
  sizeOf,
  storageOf,
  type NodeValue,
  type Value,
} from '../../graph/value.js';
import { brIf, loop, unreachable, when } from '../assembler.js';
import { i32 } from '../instructions.js';
import { blockCopy } from './strided-copy.js';
import { taskFunction, unitRange, type Task } from './task.js';

/** Elements that a unit copies. */
const ELEMENTS_A_UNIT = 8192;

/** Whether the indices are known to be within the data: constants that are. */
export function isBounded({ source }: NodeValue<'Gather'>): boolean {
  const [data, indices] = [source.operands[0], storageOf(source.operands[1])];
  return (
    indices.source.kind === 'constant' &&
    indices.source.data.every((k) => k >= 0 && k < data.shape[source.attributes.axis])
  );
}

/** Rows of an array by their indices: on the data, the indices and the result. */
export function gatherTask(value: NodeValue<'Gather'>): Task {
  const [data, indices] = value.source.operands as [Value, Value];
  const { axis } = value.source.attributes;
  const outer = sizeOf(data.shape.slice(0, axis));
  const inner = sizeOf(data.shape.slice(axis + 1));
  const from = data.shape[axis];
  const count = sizeOf(indices.shape);
  const rows = outer * count;
  const bytes = inner * bytesPerElement(value.dtype);
  const bounded = isBounded(value);
  // An index outside the data ends the run with an error, which a worker could not report.
  const perUnit = bounded ? Math.max(1, Math.floor(ELEMENTS_A_UNIT / inner)) : rows;
  const task = { arrays: 3, units: Math.ceil(rows / perUnit) };
  return {
    ...task,
    scratch: 0,
    trap: `an index is not in [0, ${from - 1}]`,
    signature: `gather ${bounded} ${outer} ${from} ${bytes} ${count}`,
    function: (name) =>
      taskFunction(name, task, (context) => {
        const { local } = context;
        const [source, index, result] = context.addresses;
        const { from: row, to: end, bounds } = unitRange(context, rows, perUnit);
        const [read, write] = [local(), local()];
        const chosen = i32.load(
          i32.add(index.get, i32.mul(outer === 1 ? row.get : i32.rem(row.get, count), 4)),
        );
        const element = i32.add(
          i32.mul(outer === 1 ? 0 : i32.div(row.get, count), from * bytes),
          i32.mul(chosen, bytes),
        );
        return {
          each: [
            bounds,
            write.set(i32.add(result.get, i32.mul(row.get, bytes))),
            loop(
              bounded ? [] : when(i32.atLeastUnsigned(chosen, from), unreachable),
              read.set(i32.add(source.get, element)),
              blockCopy(local, bytes, read, write),
              write.set(i32.add(write.get, bytes)),
              brIf(0, i32.lessUnsigned(row.tee(i32.add(row.get, 1)), end.get)),
            ),
          ],
        };
      }),
  };
}
