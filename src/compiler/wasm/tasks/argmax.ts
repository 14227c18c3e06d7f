import { sizeOf, type NodeValue } from '../../graph/value.js';
import { brIf, F64, loop, when, type Operand, type Code } from '../assembler.js';
import { f64, i32 } from '../instructions.js';
import { taskFunction, unitRange, type Task } from './task.js';

/** Elements that a unit reads, about. */
const ELEMENTS_A_UNIT = 16384;

/** The index of the first largest element along an axis. */
export function argMaxTask(value: NodeValue<'ArgMax'>): Task {
  const [x] = value.source.operands;
  const { axis } = value.source.attributes;
  const length = x.shape[axis];
  const inner = sizeOf(x.shape.slice(axis + 1));
  const results = sizeOf(value.shape);
  const perUnit = Math.max(1, Math.floor(ELEMENTS_A_UNIT / length));
  const task = { arrays: 2, units: Math.ceil(results / perUnit) };
  return {
    ...task,
    scratch: 0,
    signature: `argmax ${x.dtype} ${results} ${length} ${inner}`,
    function: (name) =>
      taskFunction(name, task, (context) => {
        const { local } = context;
        const [source, target] = context.addresses;
        const { from: result, to: end, bounds } = unitRange(context, results, perUnit);
        const [at, k, best] = [local(), local(), local()];
        const [largest, element] = [local(F64), local(F64)];
        const load = (address: Operand): readonly Code[] =>
          x.dtype === 'int32' ? f64.ofI32(i32.load(address)) : f64.loadF32(address);
        const first = i32.add(
          i32.mul(i32.div(result.get, inner), length * inner),
          i32.rem(result.get, inner),
        );
        return {
          each: [
            bounds,
            loop(
              at.set(i32.add(source.get, i32.mul(first, 4))),
              largest.set(load(at.get)),
              best.set(0),
              k.set(0),
              loop(
                element.set(load(at.get)),
                when(f64.greater(element.get, largest.get), [
                  largest.set(element.get),
                  best.set(k.get),
                ]),
                at.set(i32.add(at.get, 4 * inner)),
                brIf(0, i32.lessUnsigned(k.tee(i32.add(k.get, 1)), length)),
              ),
              i32.store(i32.add(target.get, i32.mul(result.get, 4)), best.get),
              brIf(0, i32.lessUnsigned(result.tee(i32.add(result.get, 1)), end.get)),
            ),
          ],
        };
      }),
  };
}
