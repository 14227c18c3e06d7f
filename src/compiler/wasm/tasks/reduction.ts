import { isNode, sizeOf, type NodeValue, type Value } from '../../graph/value.js';
import { brIf, F64, loop, type Code, type Local, type Operand } from '../assembler.js';
import { f32, f64, i32 } from '../instructions.js';
import { addressOf, stridesOf } from './address.js';
import { mergeAxes, type Axis } from './strided-copy.js';
import { taskFunction, unitRange, type Task, type TaskContext } from './task.js';

const REDUCTIONS = ['ReduceMax', 'ReduceMean', 'ReduceMin', 'ReduceProd', 'ReduceSum'] as const;
export type ReductionOp = (typeof REDUCTIONS)[number];

export const isReduction = (value: Value): value is NodeValue<ReductionOp> =>
  isNode(value, ...REDUCTIONS) && (value.dtype === 'float32' || value.dtype === 'int32');

/** Elements that a unit reads, about. */
const ELEMENTS_A_UNIT = 16384;

const START: Readonly<Record<ReductionOp, number>> = {
  ReduceMax: -Infinity,
  ReduceMean: 0,
  ReduceMin: Infinity,
  ReduceProd: 1,
  ReduceSum: 0,
};
const STEP: Readonly<Record<ReductionOp, (x: Operand, y: Operand) => readonly Code[]>> = {
  ReduceMax: f64.max,
  ReduceMean: f64.add,
  ReduceMin: f64.min,
  ReduceProd: f64.mul,
  ReduceSum: f64.add,
};

/** An element of the result after another, in float64: reductions that take long are products by now (`sumByProduct`). */
export function reductionTask(value: NodeValue<ReductionOp>): Task {
  const { op, attributes, operands } = value.source;
  const [x] = operands;
  const strides = stridesOf(x.shape);
  const axes = (reduced: boolean): Axis[] =>
    mergeAxes(
      x.shape.flatMap((extent, axis) =>
        attributes.axes.includes(axis) === reduced
          ? [{ extent, from: strides[axis], to: strides[axis] }]
          : [],
      ),
    );
  const [kept, reduced] = [axes(false), axes(true)];
  const [results, elements] = [sizeOf(value.shape), sizeOf(reduced.map(({ extent }) => extent))];
  const perUnit = Math.max(1, Math.floor(ELEMENTS_A_UNIT / elements));
  const task = { arrays: 2, units: Math.ceil(results / perUnit) };
  const integer = value.dtype === 'int32';
  return {
    ...task,
    scratch: 0,
    signature: `${op} ${value.dtype} ${JSON.stringify([kept, reduced])}`,
    function: (name) =>
      taskFunction(name, task, (context) => {
        const { local } = context;
        const [source, target] = context.addresses;
        const { from: at, to: end, bounds } = unitRange(context, results, perUnit);
        const start = local();
        const sum = local(F64);
        const load = (address: Operand): readonly Code[] =>
          integer ? f64.ofI32(i32.load(address)) : f64.loadF32(address);
        const element = (at: Local): Code => sum.set(STEP[op](sum.get, load(at.get)));
        const steps = kept.map(({ extent, from }) => ({ extent, stride: 4 * from }));
        const first = addressOf(source.get, at.get, steps);
        const result = op === 'ReduceMean' ? f64.mul(sum.get, f64.const(1 / elements)) : sum.get;
        const address = i32.add(target.get, i32.mul(at.get, 4));
        return {
          each: [
            bounds,
            loop(
              sum.set(f64.const(START[op])),
              start.set(first),
              forEach(context, reduced, start, element),
              integer
                ? i32.store(address, i32.ofF64(result))
                : f32.store(address, f64.toF32(result)),
              brIf(0, i32.lessUnsigned(at.tee(i32.add(at.get, 1)), end.get)),
            ),
          ],
        };
      }),
  };
}

/** Goes through elements along axes, from an address on. */
function forEach(
  context: TaskContext,
  [axis, ...others]: readonly Axis[],
  start: Local,
  body: (at: Local) => Code,
): Code {
  if (axis === undefined) return body(start);
  const [at, end] = [context.local(), context.local()];
  return [
    at.set(start.get),
    end.set(i32.add(at.get, 4 * axis.extent * axis.from)),
    loop(
      forEach(context, others, at, body),
      brIf(0, i32.ne(at.tee(i32.add(at.get, 4 * axis.from)), end.get)),
    ),
  ];
}
