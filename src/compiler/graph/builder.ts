import { resultType } from './ops.js';
import { attributesKey, ConstantKeys } from './keys.js';
import type { AttributeOf, OpName } from './op-attributes.js';
import type { Distribution } from '../trace/random.js';
import { ARRAYS, sizeOf, type DType, type TypedValues, type Value } from './value.js';

/**
 * Makes values. The same op on the same operands is made once (hash consing), so equal subexpressions are one
 * value from the start: a forward pass that is written twice is computed once.
 */
export class Builder {
  /** The TensorFlow.js op that values are made for from now on, for messages: see {@link Value.origin}. */
  origin: string | undefined;
  private readonly known = new Map<string, Value>();
  private draws = 0;
  private states = 0;

  /**
   * @param freeBatch the graph is to hold for any number of rows: the batch stays the first axis of every value.
   * @param memo what was computed from shapes alone for another builder of the same step.
   */
  constructor(
    readonly freeBatch = false,
    private readonly memo: Memo = { keys: new ConstantKeys(), made: new Map() },
  ) {}

  /** A builder that starts anew, but need not compute again what depends on shapes alone. */
  again(): Builder {
    return new Builder(this.freeBatch, this.memo);
  }

  /** What was made so far, in order: a text that says what it is, beside the value. */
  get values(): ReadonlyMap<string, Value> {
    return this.known;
  }

  /** Computes once for each key: matrices that take a while and are asked for several times. */
  once<Result>(key: string, compute: () => Result): Result {
    if (!this.memo.made.has(key)) this.memo.made.set(key, compute());
    return this.memo.made.get(key) as Result;
  }

  /** The result of an op. @throws Error where the operands do not fit it. */
  op<Op extends OpName>(op: Op, operands: readonly Value[], attributes: AttributeOf<Op>): Value {
    const key = `${op}|${operands.map(({ id }) => id).join(',')}|${attributesKey(attributes)}`;
    return this.shared(key, () => ({
      ...resultType(op, operands, attributes),
      source: { kind: 'node', op, operands, attributes },
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
    // Each is one of its own: two variables of one name are not the same.
    return this.shared(`state|${name}|${this.states++}`, () => ({
      shape,
      dtype,
      source: { kind: 'state', name },
    }));
  }

  constant(data: TypedValues, shape: readonly number[], dtype: DType): Value {
    const key = this.memo.keys.keyOf(data);
    return this.shared(`constant|${dtype}|${shape.join(',')}|${key}`, () => ({
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

  private shared(key: string, make: () => Omit<Value, 'id' | 'origin'>): Value {
    const found = this.known.get(key);
    if (found !== undefined) return found;
    const value: Value = { id: this.known.size, ...make(), origin: this.origin };
    this.known.set(key, value);
    return value;
  }
}

interface Memo {
  readonly keys: ConstantKeys;
  readonly made: Map<string, unknown>;
}

/** The values as the typed array of an element type. */
export const typedValues = (dtype: DType, values: ArrayLike<number>): TypedValues =>
  ARRAYS[dtype].from(values);
