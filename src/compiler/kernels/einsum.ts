import type { EinsumAttrs } from '@tensorflow/tfjs-core';
import { RunError } from '../../errors.js';
import type { Builder } from '../graph/builder.js';
import { sameShape, sizeOf, type Value } from '../graph/value.js';
import { range } from './indices.js';
import { reshape, type Rule, type Rules } from './rule.js';

/** An array whose axes have names. */
interface Labelled {
  readonly value: Value;
  readonly labels: readonly string[];
}

export const einsumKernels: Rules = {
  /** Of one or two arrays: a batched matrix product between transposes. */
  Einsum: ((builder, inputs, { equation }) => {
    const [left, right] = equation.replaceAll(/\s/g, '').split('->');
    const terms = left.split(',').map((term) => [...term]);
    if (right === undefined || terms.some((labels) => new Set(labels).size !== labels.length))
      throw new RunError(
        `the compiler has a rule for equations as "ij,jk->ik" without repeated axes, found "${equation}"`,
      );
    const result = [...right];
    const operands = Object.values(inputs).map((value, k): Labelled => {
      const others = new Set([...result, ...terms.flatMap((labels, j) => (j === k ? [] : labels))]);
      return summed(builder, { value, labels: terms[k] }, others);
    });
    if (operands.length > 2)
      throw new RunError(
        `the compiler has a rule for tf.einsum of one or two tensors, found ${operands.length}: write it in steps of two`,
      );
    const [a, b] = operands;
    return arranged(builder, b === undefined ? a : multiplied(builder, a, b, result), result).value;
  }) satisfies Rule<EinsumAttrs>,
};

/** Summed over the axes that nobody else has. */
function summed(
  builder: Builder,
  { value, labels }: Labelled,
  others: ReadonlySet<string>,
): Labelled {
  const axes = range(labels.length).filter((axis) => !others.has(labels[axis]));
  if (axes.length === 0) return { value, labels };
  return {
    value: builder.op('ReduceSum', [value], { axes, keepDims: false }),
    labels: labels.filter((label) => others.has(label)),
  };
}

function arranged(
  builder: Builder,
  { value, labels }: Labelled,
  order: readonly string[],
): Labelled {
  const perm = order.map((label) => labels.indexOf(label));
  const inPlace = sameShape(perm, range(perm.length));
  return { value: inPlace ? value : builder.op('Transpose', [value], { perm }), labels: order };
}

function multiplied(
  builder: Builder,
  a: Labelled,
  b: Labelled,
  result: readonly string[],
): Labelled {
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const batch = shared.filter((label) => result.includes(label));
  const contracted = shared.filter((label) => !result.includes(label));
  const free = (x: Labelled): string[] => x.labels.filter((label) => !shared.includes(label));
  const extents = new Map(
    [a, b].flatMap(({ labels, value }) =>
      labels.map((label, axis) => [label, value.shape[axis]] as const),
    ),
  );
  const shapeOf = (labels: readonly string[]): number[] =>
    labels.map((label) => extents.get(label)!);
  const matrix = (x: Labelled, ...groups: string[][]): Value => {
    const { value } = arranged(builder, x, [...batch, ...groups.flat()]);
    return reshape(builder, value, [
      sizeOf(shapeOf(batch)),
      ...groups.map((group) => sizeOf(shapeOf(group))),
    ]);
  };
  const product = builder.op(
    'MatMul',
    [matrix(a, free(a), contracted), matrix(b, contracted, free(b))],
    {},
  );
  const labels = [...batch, ...free(a), ...free(b)];
  return { value: reshape(builder, product, shapeOf(labels)), labels };
}
