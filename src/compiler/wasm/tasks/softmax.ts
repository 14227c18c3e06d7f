import { sizeOf, type NodeValue } from '../../graph/value.js';
import { F64, V128, type Code } from '../assembler.js';
import { count, f32, f32x4, f64, i32, v128 } from '../instructions.js';
import { keeper } from './keep.js';
import { eachRow, rowsOf, rowsTask, type Task } from './task.js';
import { exp } from './transcendental.js';

/** Elements that a unit computes. */
const ELEMENTS_A_UNIT = 4096;

export const isRowSoftmax = (value: NodeValue<'Softmax'>): boolean =>
  value.source.attributes.axis === value.shape.length - 1 && value.dtype === 'float32';

/** exp(x - max) / sum of those, along the last axis. */
export function softmaxTask(value: NodeValue<'Softmax'>): Task {
  const length = value.shape[value.shape.length - 1];
  const rows = sizeOf(value.shape) / length;
  const bytes = 4 * length;
  const whole = bytes - (bytes % 16);
  return rowsTask(
    { signature: `softmax ${rows} ${length}`, arrays: 2 },
    {
      rows,
      perUnit: rowsOf(ELEMENTS_A_UNIT, length),
      code({ local, addresses }, row, end) {
        const [source, target] = addresses;
        const [at, from, to] = [local(), local(), local()];
        const number = local(F64);
        const largest = local(V128);
        const x = i32.add(from.get, at.get);
        const y = i32.add(to.get, at.get);
        const exponentials = (width: number): Code => {
          const code: Code[] = [];
          const keep = keeper(local, code);
          const raised = keep(exp(keep(f32x4.sub(v128.load(x), largest.get)), keep));
          return [code, v128.storeLanes(y, raised, width)];
        };
        return {
          each: eachRow(
            row,
            end,
            from.set(i32.add(source.get, i32.mul(row.get, bytes))),
            to.set(i32.add(target.get, i32.mul(row.get, bytes))),
            number.set(f64.const(-Infinity)),
            count(at, 0, bytes, 4, number.set(f64.max(number.get, f64.loadF32(x)))),
            largest.set(f32x4.ofF64(number.get)),
            whole === 0 ? at.set(0) : count(at, 0, whole, 16, exponentials(4)),
            bytes === whole ? [] : exponentials((bytes - whole) / 4),
            number.set(f64.const(0)),
            count(at, 0, bytes, 4, number.set(f64.add(number.get, f64.loadF32(y)))),
            count(at, 0, bytes, 4, f32.store(y, f64.toF32(f64.div(f64.loadF32(y), number.get)))),
          ),
        };
      },
    },
  );
}
