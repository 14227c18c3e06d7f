import type { NamedAttrMap } from '@tensorflow/tfjs-core';
import type { Builder } from '../graph/builder.js';
import { sameShape, type Value } from '../graph/value.js';

/** How one TensorFlow.js kernel is said in the graph's ops: its named tensors and attributes in, its results out. */
export type Rule<Attributes = NamedAttrMap> = (
  builder: Builder,
  inputs: Record<string, Value>,
  attributes: Attributes,
) => Value | Value[];

/** Rules by kernel name. Attributes have each kernel's own type where it is written. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Rules = Readonly<Record<string, Rule<any>>>;

/** The value as another shape of the same size. */
export function reshape(builder: Builder, x: Value, shape: readonly number[]): Value {
  return sameShape(x.shape, shape) ? x : builder.op('Reshape', [x], { shape });
}
