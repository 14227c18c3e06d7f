import { util, type ArgMaxAttrs, type SoftmaxAttrs, type SumAttrs } from '@tensorflow/tfjs-core';
import type { OpName } from '../graph/op-attributes.js';
import type { Value } from '../graph/value.js';
import { arithmetic } from './arithmetic.js';
import type { Rule, Rules } from './rule.js';

type Reduction = Extract<OpName, `Reduce${string}`>;

const reduction =
  (op: Reduction): Rule<SumAttrs> =>
  (builder, inputs, { axis, keepDims }) => {
    const { x } = inputs;
    const axes = util.parseAxisParam(axis ?? null, x.shape as number[]);
    return axes.length === 0 ? x : builder.op(op, [x], { axes, keepDims: keepDims ?? false });
  };

/** Of bools: the largest or the smallest of 0 and 1. */
const logical =
  (op: 'ReduceMax' | 'ReduceMin'): Rule<SumAttrs> =>
  (builder, { x }, attributes) => {
    const { cast } = arithmetic(builder);
    return cast(reduction(op)(builder, { x: cast(x, 'int32') }, attributes) as Value, 'bool');
  };

export const reduceKernels: Rules = {
  All: logical('ReduceMin'),
  Any: logical('ReduceMax'),
  ArgMax: ((builder, { x }, { axis }) =>
    builder.op('ArgMax', [x], {
      axis: util.parseAxisParam(axis, x.shape as number[])[0],
    })) satisfies Rule<ArgMaxAttrs>,
  Max: (builder, inputs, attributes: { reductionIndices: number | number[]; keepDims: boolean }) =>
    reduction('ReduceMax')(builder, inputs, {
      axis: attributes.reductionIndices,
      keepDims: attributes.keepDims,
    }),
  /** Of whole numbers too, the mean is a float. */
  Mean: (builder, { x }, attributes: SumAttrs) => {
    const numbers = x.dtype === 'float32' ? x : builder.op('Cast', [x], { to: 'float32' });
    return reduction('ReduceMean')(builder, { x: numbers }, attributes);
  },
  Min: reduction('ReduceMin'),
  Prod: reduction('ReduceProd'),
  Softmax: ((builder, { logits }, { dim }) =>
    builder.op('Softmax', [logits], {
      axis: util.parseAxisParam(dim, logits.shape as number[])[0],
    })) satisfies Rule<SoftmaxAttrs>,
  Sum: reduction('ReduceSum'),
};
