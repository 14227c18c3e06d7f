import {
  bytesPerElement,
  sizeOf,
  storageOf,
  type NodeValue,
  type Value,
} from '../../graph/value.js';
import { unreachable, when } from '../assembler.js';
import { i32 } from '../instructions.js';
import { blockCopy } from './strided-copy.js';
import { eachRow, rowsOf, rowsTask, type Task } from './task.js';

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
  const chosen = sizeOf(indices.shape);
  const rows = outer * chosen;
  const bytes = inner * bytesPerElement(value.dtype);
  const bounded = isBounded(value);
  return rowsTask(
    {
      signature: `gather ${bounded} ${outer} ${from} ${bytes} ${chosen}`,
      arrays: 3,
      trap: `an index is not in [0, ${from - 1}]`,
    },
    {
      rows,
      // An index outside the data ends the run with an error, which a worker could not report.
      perUnit: bounded ? rowsOf(ELEMENTS_A_UNIT, inner) : rows,
      code({ local, addresses }, row, end) {
        const [source, places, result] = addresses;
        const [read, write] = [local(), local()];
        const place = outer === 1 ? row.get : i32.rem(row.get, chosen);
        const index = i32.load(i32.add(places.get, i32.mul(place, 4)));
        const block = i32.mul(outer === 1 ? 0 : i32.div(row.get, chosen), from * bytes);
        return {
          each: [
            write.set(i32.add(result.get, i32.mul(row.get, bytes))),
            eachRow(
              row,
              end,
              bounded ? [] : when(i32.atLeastUnsigned(index, from), unreachable),
              read.set(i32.add(source.get, i32.add(block, i32.mul(index, bytes)))),
              blockCopy(local, bytes, read, write),
              write.set(i32.add(write.get, bytes)),
            ),
          ],
        };
      },
    },
  );
}
