import type { AttributeOf, Attributes, DType, OpName } from './op-attributes.js';
import type { Distribution } from '../trace/random.js';

export type { DType } from './op-attributes.js';

export type TypedValues = Float32Array | Int32Array | Uint8Array;

/** Where a value comes from. */
export type Source =
  /** `draw`: the executable itself fills it before each run, with a draw from this distribution. */
  | { readonly kind: 'input'; readonly name: string; readonly draw?: Distribution }
  | { readonly kind: 'state'; readonly name: string }
  | { readonly kind: 'constant'; readonly data: TypedValues }
  | NodeSource;

export interface NodeSource {
  readonly kind: 'node';
  readonly op: OpName;
  readonly operands: readonly Value[];
  readonly attributes: Attributes;
}

/**
 * A tensor of the graph: its shape, its type and what it is computed from. A graph is nothing but such values,
 * each pointing at its operands. Values are immutable; a rewrite makes new ones.
 */
export interface Value {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly source: Source;
  /** The TensorFlow.js op that it was made for, as `tf.matMul`, for messages; equal values of other ops may have joined it. */
  readonly origin?: string | undefined;
}

/** A value that an op computes. */
export type NodeValue<Op extends OpName = OpName> = Value & {
  readonly source: NodeSource & { readonly op: Op; readonly attributes: AttributeOf<Op> };
};

/** The number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** What holds the elements of each type. A bool is a byte, as in ONNX. */
export const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

export const bytesPerElement = (dtype: DType): number => ARRAYS[dtype].BYTES_PER_ELEMENT;

export const bytesOf = ({ shape, dtype }: Value): number => sizeOf(shape) * bytesPerElement(dtype);

/** Whether the value is computed by one of the named ops. */
export function isNode<Op extends OpName>(value: Value, ...ops: Op[]): value is NodeValue<Op> {
  return value.source.kind === 'node' && (ops as string[]).includes(value.source.op);
}

/** The one number of a constant with one element, else undefined. */
export function scalarOf(value: Value): number | undefined {
  const { source } = value;
  return source.kind === 'constant' && source.data.length === 1 ? source.data[0] : undefined;
}

/** The value that has the bytes of this one: a reshape has those of what is reshaped. */
export function storageOf(value: Value): Value {
  return isNode(value, 'Reshape') ? storageOf(value.source.operands[0]) : value;
}

/** What a value is computed from. */
export function operandsOf({ source }: Value): readonly Value[] {
  return source.kind === 'node' ? source.operands : [];
}

/** For each value of the list, and each operand of one, the values of the list that are computed from it. */
export function usersOf(
  values: readonly Value[],
  operandsOfValue: (value: Value) => readonly Value[] = operandsOf,
): Map<Value, Value[]> {
  const users = new Map<Value, Value[]>();
  for (const value of values)
    for (const operand of new Set(operandsOfValue(value))) addTo(users, operand, value);
  return users;
}

/** Adds to the list that a key has in a map. */
export function addTo<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

/** The type of a tensor: its extents and of what its elements are. */
export type Typed = Pick<Value, 'shape' | 'dtype'>;

export const sameType = (a: Typed, b: Typed): boolean =>
  a.dtype === b.dtype && sameShape(a.shape, b.shape);

const SHORT_DTYPES: Record<DType, string> = { float32: 'f32', int32: 'i32', bool: 'bool' };

/** A type as `f32[100, 784]`. */
export const typeText = ({ shape, dtype }: Typed): string =>
  `${SHORT_DTYPES[dtype]}[${shape.join(', ')}]`;

/** Whether two shapes are the same. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/**
 * Values in an order in which each comes after its operands; only those that the roots need.
 *
 * @param given values that are taken as they are: what they are computed from is not visited.
 * @param operandsOfValue what a value is computed from, where that is not simply its operands.
 */
export function topological(
  roots: readonly Value[],
  given: ReadonlySet<Value> = new Set(),
  operandsOfValue: (value: Value) => readonly Value[] = operandsOf,
): Value[] {
  const order: Value[] = [];
  const seen = new Set<Value>();
  const stack: { value: Value; next: number }[] = [];
  for (const root of roots) {
    if (seen.has(root)) continue;
    seen.add(root);
    stack.push({ value: root, next: 0 });
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      const operands = given.has(top.value) ? [] : operandsOfValue(top.value);
      if (top.next < operands.length) {
        const operand = operands[top.next++];
        if (!seen.has(operand)) {
          seen.add(operand);
          stack.push({ value: operand, next: 0 });
        }
      } else {
        order.push(top.value);
        stack.pop();
      }
    }
  }
  return order;
}
