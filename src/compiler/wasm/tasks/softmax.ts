import { sizeOf, type NodeValue } from '../../graph/value.js';
import { brIf, F64, loop, V128, type Code, type Operand } from '../assembler.js';
import { f32, f32x4, f64, i32, v128 } from '../instructions.js';
import { taskFunction, unitRange, type Task } from './task.js';
import { exp } from './transcendental.js';

/** Elements that a unit computes. */
const ELEMENTS_A_UNIT = 4096;

export const isRowSoftmax = (value: NodeValue<'Softmax'>): boolean =>
  value.source.attributes.axis === value.shape.length - 1 && value.dtype === 'float32';

/** exp(x - max) / sum of those, along the last axis. */
export function softmaxTask(value: NodeValue<'Softmax'>): Task {
  const length = value.shape[value.shape.length - 1];
  const rows = sizeOf(value.shape) / length;
  const perUnit = Math.max(1, Math.floor(ELEMENTS_A_UNIT / length));
  const task = { arrays: 2, units: Math.ceil(rows / perUnit) };
  const bytes = 4 * length;
  return {
    ...task,
    scratch: 0,
    signature: `softmax ${rows} ${length}`,
    function: (name) =>
      taskFunction(name, task, (context) => {
        const { local } = context;
        const [source, target] = context.addresses;
        const { from: row, to: end, bounds } = unitRange(context, rows, perUnit);
        const [at, from, to] = [local(), local(), local()];
        const number = local(F64);
        const largest = local(V128);
        const x = i32.add(from.get, at.get);
        const y = i32.add(to.get, at.get);
        const overRow = (step: number, until: number, body: Code): Code => [
          at.set(0),
          loop(body, brIf(0, i32.lessUnsigned(at.tee(i32.add(at.get, step)), until))),
        ];
        const exponentials = (width: number): Code => {
          const code: Code[] = [];
          const keep = (lanes: Operand): readonly Code[] => {
            const kept = local(V128);
            code.push(kept.set(lanes));
            return kept.get;
          };
          const raised = keep(exp(keep(f32x4.sub(v128.load(x), largest.get)), keep));
          if (width === 4) return [code, v128.store(y, raised)];
          const lanes = Array.from({ length: width }, (_, k) =>
            v128.storeLane(y, raised, k, 4 * k),
          );
          return [code, lanes];
        };
        const whole = bytes - (bytes % 16);
        return {
          each: [
            bounds,
            loop(
              from.set(i32.add(source.get, i32.mul(row.get, bytes))),
              to.set(i32.add(target.get, i32.mul(row.get, bytes))),
              number.set(f64.const(-Infinity)),
              overRow(4, bytes, number.set(f64.max(number.get, f64.loadF32(x)))),
              largest.set(f32x4.ofF64(number.get)),
              whole === 0 ? at.set(0) : overRow(16, whole, exponentials(4)),
              bytes === whole ? [] : exponentials((bytes - whole) / 4),
              number.set(f64.const(0)),
              overRow(4, bytes, number.set(f64.add(number.get, f64.loadF32(y)))),
              overRow(4, bytes, f32.store(y, f64.toF32(f64.div(f64.loadF32(y), number.get)))),
              brIf(0, i32.lessUnsigned(row.tee(i32.add(row.get, 1)), end.get)),
            ),
          ],
        };
      }),
  };
}
