import { typedValues, type Builder } from '../graph/builder.js';
import type { OpName } from '../graph/op-attributes.js';
import type { DType, Value } from '../graph/value.js';

type Term = Value | number;

/** The graph's element-wise ops as functions; a number is one of the other operand's type. */
export interface Arithmetic {
  readonly add: (a: Term, b: Term) => Value;
  readonly sub: (a: Term, b: Term) => Value;
  readonly mul: (a: Term, b: Term) => Value;
  readonly div: (a: Term, b: Term) => Value;
  readonly max: (a: Term, b: Term) => Value;
  readonly min: (a: Term, b: Term) => Value;
  readonly equal: (a: Term, b: Term) => Value;
  readonly less: (a: Term, b: Term) => Value;
  readonly greater: (a: Term, b: Term) => Value;
  readonly and: (a: Value, b: Value) => Value;
  readonly or: (a: Value, b: Value) => Value;
  readonly not: (x: Value) => Value;
  readonly abs: (x: Value) => Value;
  readonly exp: (x: Value) => Value;
  readonly floor: (x: Value) => Value;
  readonly log: (x: Value) => Value;
  readonly neg: (x: Value) => Value;
  readonly sqrt: (x: Value) => Value;
  readonly cast: (x: Value, to: DType) => Value;
  /** A float32 towards 0; what no int32 is, is 0: JavaScript's infinities and NaN are, and engines differ. */
  readonly whole: (x: Value) => Value;
  /** Chooses by element, of any type; a number is one of the other choice's type. */
  readonly where: (condition: Value, yes: Term, no: Term) => Value;
  /** The polynomial with these coefficients, highest power first (Horner). */
  readonly polynomial: (x: Value, coefficients: readonly number[]) => Value;
}

export function arithmetic(builder: Builder): Arithmetic {
  const term = (x: Term, like: Term): Value => {
    if (typeof x !== 'number') return x;
    const dtype = typeof like === 'number' ? 'float32' : like.dtype;
    return builder.constant(typedValues(dtype, [x]), [], dtype);
  };
  const unary = (op: OpName) => (x: Value) => builder.op(op, [x], {});
  const binary = (op: OpName) => (a: Term, b: Term) => builder.op(op, [term(a, b), term(b, a)], {});
  const self: Arithmetic = {
    add: binary('Add'),
    sub: binary('Sub'),
    mul: binary('Mul'),
    div: binary('Div'),
    max: binary('Max'),
    min: binary('Min'),
    equal: binary('Equal'),
    less: binary('Less'),
    greater: binary('Greater'),
    and: binary('And'),
    or: binary('Or'),
    not: unary('Not'),
    abs: unary('Abs'),
    exp: unary('Exp'),
    floor: unary('Floor'),
    log: unary('Log'),
    neg: unary('Neg'),
    sqrt: unary('Sqrt'),
    cast: (x, to) => (x.dtype === to ? x : builder.op('Cast', [x], { to })),
    whole: (x) => self.cast(self.where(self.less(self.abs(x), 2 ** 31), x, 0), 'int32'),
    where(condition, yes, no) {
      const [t, e] = [term(yes, no), term(no, yes)];
      // ONNX Runtime has no Where of bools.
      if (t.dtype === 'bool')
        return self.or(self.and(condition, t), self.and(self.not(condition), e));
      return builder.op('Where', [condition, t, e], {});
    },
    polynomial: (x, [first, ...rest]) =>
      rest.reduce<Value>(
        (sum, c, k) => self.add(k === 0 ? self.mul(x, first) : self.mul(sum, x), c),
        builder.scalar(first),
      ),
  };
  return self;
}
