import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterEach, describe, it } from 'vitest';
import { expectLikeEager, native, PROPERTY, randomValues, wasm, type Built } from './oracle.js';

afterEach(() => tf.disposeVariables());

/** A step as data: each line is an op on earlier values, then what each state becomes. */
interface Program {
  readonly length: number;
  readonly lines: readonly { readonly op: number; readonly operands: readonly number[] }[];
  /** Values that the states a, b, c and the number s become. */
  readonly next: readonly number[];
}

type Op = (x: tf.Tensor, y: tf.Tensor, z: tf.Tensor) => tf.Tensor;

/** Those that loops of generated code know, and a few that they do not, each kept within bounds. */
const OPS: readonly Op[] = [
  (x, y) => tf.add(tf.mul(x, 0.5), tf.mul(y, 0.5)),
  (x, y) => tf.sub(tf.mul(x, 0.5), tf.mul(y, 0.5)),
  (x, y) => tf.mul(x, y),
  (x, y) => tf.div(x, tf.add(tf.abs(y), 1)),
  (x, y) => tf.maximum(x, y),
  (x, y) => tf.minimum(x, tf.neg(y)),
  (x, y, z) => tf.where(tf.greater(x, y), y, z),
  (x, y, z) => tf.where(tf.logicalAnd(tf.less(x, y), tf.greaterEqual(y, z)), x, tf.relu(z)),
  (x, y, z) => tf.where(tf.logicalNot(tf.lessEqual(x, z)), tf.leakyRelu(y, 0.2), x),
  (x) => tf.sqrt(tf.abs(x)),
  (x) => tf.step(x, 0.25),
  (x) => tf.tanh(x),
  (x, y) => tf.mul(x, tf.mean(y)),
  (x, y) => {
    const spread = tf.add(y, tf.zerosLike(x));
    return spread.rank === 0 ? tf.sin(x) : tf.sub(x, tf.reverse(spread, -1));
  },
];

const program: fc.Arbitrary<Program> = fc
  .record({ length: fc.integer({ min: 2, max: 13 }), size: fc.integer({ min: 3, max: 14 }) })
  .chain(({ length, size }) =>
    fc.record({
      length: fc.constant(length),
      lines: fc.tuple(
        ...Array.from({ length: size }, (_, k) => {
          const operand = fc.integer({ min: 0, max: 4 + k });
          return fc.record({
            op: fc.nat(OPS.length - 1),
            operands: fc.tuple(operand, operand, operand),
          });
        }),
      ),
      next: fc.array(fc.nat(4 + size), { minLength: 4, maxLength: 4 }),
    }),
  );

const build =
  ({ length, lines, next }: Program) =>
  (): Built => {
    const states = [1, 2, 3].map((seed) =>
      tf.variable(tf.tensor1d(randomValues(length, seed)), true, 'abc'[seed - 1]),
    );
    const s = tf.variable(tf.scalar(0.6), true, 's');
    return {
      step: ({ x }) => {
        const old = [...states, s].map((variable) => tf.clone(variable) as tf.Tensor);
        const values = [...old, x];
        for (const { op, operands } of lines) {
          const [p, q, r] = operands.map((k) => values[k]);
          values.push(OPS[op](p, q, r));
        }
        states.forEach((state, k) => {
          const value = values[next[k]];
          // A number fills the array; an array's mean is the number.
          state.assign(
            (value.rank === 0 ? tf.mul(tf.onesLike(old[k]), value) : value) as tf.Tensor1D,
          );
        });
        const number = values[next[3]];
        s.assign((number.rank === 0 ? number : tf.mean(number)) as tf.Scalar);
        return { probe: tf.add(tf.mul(states[0], s), tf.tanh(values[values.length - 1])) };
      },
    };
  };

describe('random element-wise steps over state', async () => {
  it.each(Object.entries({ native, wasm }))(
    'give on %s over four runs what they give eagerly, in place or not',
    async (_name, load) => {
      const backend = await load();
      await fc.assert(
        fc.asyncProperty(program, async (steps) => {
          const length = steps.length;
          const feeds = [1, 2, 3, 4].map((seed) => ({ x: randomValues(length, 50 + seed) }));
          await expectLikeEager(backend, build(steps), { x: { shape: [length] } }, feeds, {
            relative: 1e-4,
            absolute: 1e-5,
          });
        }),
        { ...PROPERTY, numRuns: 30 * PROPERTY.numRuns! },
      );
    },
  );
});
