import { OPS, type OpDefinition } from './ops.js';
import type { AttributeOf, OpName } from './op-attributes.js';
import type { Distribution } from '../trace/random.js';
import { sizeOf, type DType, type TypedValues, type Value } from './value.js';

/** Above this many elements a constant is compared by identity, not by its values. */
const LARGEST_SHARED_CONSTANT = 4096;

/**
 * Makes values. The same op on the same operands is made once (hash consing), so equal subexpressions are one
 * value from the start: a forward pass that is written twice is computed once.
 */
export class Builder {
  private readonly known = new Map<string, Value>();
  private readonly largeIds = new WeakMap<TypedValues, number>();
  private count = 0;
  private draws = 0;

  /** @param freeBatch the graph is to hold for any number of rows: the batch stays the first axis of every value. */
  constructor(readonly freeBatch = false) {}

  /** The result of an op. Its shape and type follow from the operands; operands that do not fit are an error. */
  op<Op extends OpName>(op: Op, operands: readonly Value[], attributes: AttributeOf<Op>): Value {
    const definition = OPS[op] as unknown as OpDefinition;
    const key = `${op}|${operands.map(({ id }) => id).join(',')}|${JSON.stringify(attributes)}`;
    return this.shared(key, () => ({
      shape: definition.shape(operands, attributes),
      dtype: definition.dtype?.(operands, attributes) ?? operands[0].dtype,
      source: { kind: 'node', op, operands, attributes: attributes },
    }));
  }

  input(name: string, shape: readonly number[], dtype: DType): Value {
    return this.shared(`input|${name}`, () => ({ shape, dtype, source: { kind: 'input', name } }));
  }

  /** The next draw of the step. Its name is none that a user's input can have. */
  draw(distribution: Distribution, shape: readonly number[]): Value {
    const name = `%random${this.draws++}`;
    return this.shared(`input|${name}`, () => ({
      shape,
      dtype: 'float32',
      source: { kind: 'input', name, draw: distribution },
    }));
  }

  state(name: string, shape: readonly number[], dtype: DType): Value {
    return this.shared(`state|${name}`, () => ({ shape, dtype, source: { kind: 'state', name } }));
  }

  constant(data: TypedValues, shape: readonly number[], dtype: DType): Value {
    const values =
      data.length > LARGEST_SHARED_CONSTANT ? `large ${this.largeId(data)}` : data.join(',');
    return this.shared(`constant|${dtype}|${shape.join(',')}|${values}`, () => ({
      shape,
      dtype,
      source: { kind: 'constant', data },
    }));
  }

  /** A float32 constant without axes. */
  scalar(x: number): Value {
    return this.constant(Float32Array.of(x), [], 'float32');
  }

  /** A constant of one repeated number, without its elements being stored. */
  filled(x: number, shape: readonly number[], dtype: DType = 'float32'): Value {
    const one = this.constant(typedValues(dtype, [x]), [], dtype);
    return sizeOf(shape) === 1 && shape.length === 0 ? one : this.op('Expand', [one], { shape });
  }

  private shared(key: string, make: () => Omit<Value, 'id'>): Value {
    const found = this.known.get(key);
    if (found !== undefined) return found;
    const value = { id: this.count++, ...make() };
    this.known.set(key, value);
    return value;
  }

  private largeId(data: TypedValues): number {
    let id = this.largeIds.get(data);
    if (id === undefined) this.largeIds.set(data, (id = this.count++));
    return id;
  }
}

/** The values as the typed array of an element type. */
export function typedValues(dtype: DType, values: ArrayLike<number>): TypedValues {
  if (dtype === 'float32') return Float32Array.from(values);
  return dtype === 'int32' ? Int32Array.from(values) : Uint8Array.from(values);
}
