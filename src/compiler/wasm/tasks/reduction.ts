import { isNode, operandsOf, sizeOf, type NodeValue, type Value } from '../../graph/value.js';
import { brIf, F64, loop, when, type Code, type Local, type Operand } from '../assembler.js';
import { f32, f64, i32 } from '../instructions.js';
import { addressOf, mergeAxes, stridesOf, type Axis } from './axes.js';
import { eachRow, rowsOf, rowsTask, type Task, type TaskContext } from './task.js';

type FoldOp = 'ReduceMax' | 'ReduceMean' | 'ReduceMin' | 'ReduceProd' | 'ReduceSum';
type ReductionOp = FoldOp | 'ArgMax';

/** Elements that a unit reads, about. */
const ELEMENTS_A_UNIT = 16384;

/** What an element of the result begins with, and what each element makes of it, in float64. */
const FOLDS: Readonly<Record<FoldOp, readonly [number, (x: Operand, y: Operand) => Operand]>> = {
  ReduceMax: [-Infinity, f64.max],
  ReduceMean: [0, f64.add],
  ReduceMin: [Infinity, f64.min],
  ReduceProd: [1, f64.mul],
  ReduceSum: [0, f64.add],
};

export const isReduction = (value: Value): value is NodeValue<ReductionOp> =>
  isNode(value, 'ArgMax', ...(Object.keys(FOLDS) as FoldOp[])) &&
  operandsOf(value)[0].dtype !== 'bool';

/** Code for an element of the result: before the elements that it is made of, of which the first's address is known; for each; and after. */
interface Reduction {
  readonly begin: (first: Local) => Code;
  readonly step: (at: Local) => Code;
  readonly end: (result: Operand) => Code;
}

/** An element of the result after another: reductions that take long are products by now (`sumByProduct`). */
export function reductionTask(value: NodeValue<ReductionOp>): Task {
  const [x] = value.source.operands;
  const reducedAxes = isNode(value, 'ArgMax')
    ? [value.source.attributes.axis]
    : (value as NodeValue<FoldOp>).source.attributes.axes;
  const strides = stridesOf(x.shape);
  const axes = (reduced: boolean): Axis[] =>
    mergeAxes(
      x.shape.flatMap((extent, axis) =>
        reducedAxes.includes(axis) === reduced ? [{ extent, strides: [strides[axis]] }] : [],
      ),
    );
  const [kept, reduced] = [axes(false), axes(true)];
  const elements = sizeOf(reduced.map(({ extent }) => extent));
  const signature = `${value.source.op} ${x.dtype} ${JSON.stringify([kept, reduced])}`;
  return rowsTask(
    { signature, arrays: 2 },
    {
      rows: sizeOf(value.shape),
      perUnit: rowsOf(ELEMENTS_A_UNIT, elements),
      code(context, row, end) {
        const [source, target] = context.addresses;
        const first = context.local();
        const reduction = isNode(value, 'ArgMax')
          ? argMax(context, x)
          : fold(context, value as NodeValue<FoldOp>, elements);
        return {
          each: eachRow(
            row,
            end,
            first.set(addressOf(source.get, row.get, kept, { bytes: 4 })),
            reduction.begin(first),
            forEach(context, reduced, first, reduction.step),
            reduction.end(i32.add(target.get, i32.mul(row.get, 4))),
          ),
        };
      },
    },
  );
}

const loadNumber = ({ dtype }: Value, address: Operand): readonly Code[] =>
  dtype === 'int32' ? f64.ofI32(i32.load(address)) : f64.loadF32(address);

function fold({ local }: TaskContext, value: NodeValue<FoldOp>, elements: number): Reduction {
  const { op, operands } = value.source;
  const [start, next] = FOLDS[op];
  const sum = local(F64);
  const result = op === 'ReduceMean' ? f64.mul(sum.get, f64.const(1 / elements)) : sum.get;
  return {
    begin: () => sum.set(f64.const(start)),
    step: (at) => sum.set(next(sum.get, loadNumber(operands[0], at.get))),
    end: (address) =>
      value.dtype === 'int32'
        ? i32.store(address, i32.ofF64(result))
        : f32.store(address, f64.toF32(result)),
  };
}

/** The index of the first largest element; that of the first, where it is NaN. */
function argMax({ local }: TaskContext, x: Value): Reduction {
  const [k, best, largest, element] = [local(), local(), local(F64), local(F64)];
  return {
    begin: (first) => [largest.set(loadNumber(x, first.get)), best.set(0), k.set(0)],
    step: (at) => [
      element.set(loadNumber(x, at.get)),
      when(f64.greater(element.get, largest.get), [largest.set(element.get), best.set(k.get)]),
      k.set(i32.add(k.get, 1)),
    ],
    end: (address) => i32.store(address, best.get),
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
  const bytes = 4 * axis.strides[0];
  return [
    at.set(start.get),
    end.set(i32.add(at.get, axis.extent * bytes)),
    loop(
      forEach(context, others, at, body),
      brIf(0, i32.ne(at.tee(i32.add(at.get, bytes)), end.get)),
    ),
  ];
}
