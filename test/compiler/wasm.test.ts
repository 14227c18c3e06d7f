import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { Builder } from '../../src/compiler/graph/builder.js';
import { unsigned } from '../../src/compiler/wasm/assembler.js';
import { encodeModule } from '../../src/compiler/wasm/encode.js';
import { kernelFunction } from '../../src/compiler/wasm/kernel.js';
import type { Value } from '../../src/compiler/graph/value.js';
import { compile } from '../../src/compiler/compile.js';
import { expectLikeEager, native, PROPERTY, randomValues, wasm, type Built } from './oracle.js';

afterEach(() => tf.disposeVariables());

describe('the encoder', () => {
  it('writes LEB128 as its specification has it', () => {
    // The example of Wikipedia's article (624485), and the borders of one, two and three bytes.
    expect(unsigned(624485)).toEqual([0xe5, 0x8e, 0x26]);
    expect([0, 127, 128, 16383, 16384].map(unsigned)).toEqual([
      [0x00],
      [0x7f],
      [0x80, 0x01],
      [0xff, 0x7f],
      [0x80, 0x80, 0x01],
    ]);
  });

  it('writes a module without functions, and one with two', () => {
    expect(WebAssembly.validate(encodeModule([]))).toBe(true);
    const empty = { parameters: 1, locals: [], body: [] };
    const module = new WebAssembly.Module(
      encodeModule([
        { ...empty, name: 'a' },
        { ...empty, name: 'b' },
      ]),
    );
    expect(WebAssembly.Module.exports(module)).toEqual([
      { name: 'a', kind: 'function' },
      { name: 'b', kind: 'function' },
    ]);
  });

  it.each([20, 100, 10_000])('writes a kernel that adds %i products to x', async (count) => {
    const builder = new Builder();
    const [x, y] = [builder.input('x', [6], 'float32'), builder.input('y', [6], 'float32')];
    // y - 2 y + 3 y - 4 y ... = -y count / 2, a local for each product and, added in pairs, for each sum.
    let terms: Value[] = Array.from({ length: count }, (_, k) =>
      builder.op('Mul', [y, builder.scalar(k % 2 === 0 ? k + 1 : -(k + 1))], {}),
    );
    while (terms.length > 1)
      terms = Array.from({ length: Math.ceil(terms.length / 2) }, (_, k) =>
        terms.slice(2 * k, 2 * k + 2).reduce((a, b) => builder.op('Add', [a, b], {})),
      );
    const sum = builder.op('Add', [x, terms[0]], {});
    const bytes = encodeModule([kernelFunction('f', { operands: [x, y], results: [sum] })]);
    expect(WebAssembly.validate(bytes)).toBe(true);
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
    new Float32Array(memory.buffer, 64, 6).set([0, 1, 2, 3, 4, 5]);
    new Float32Array(memory.buffer, 128, 6).fill(2);
    (instance.exports.f as (...addresses: number[]) => void)(64, 128, 192, 32);
    expect([...new Float32Array(memory.buffer, 192, 6)]).toEqual(
      [0, 1, 2, 3, 4, 5].map((value) => value - count),
    );
  });
});

/** A step as data: each line is an op on earlier values, then what each state becomes. */
interface Program {
  readonly length: number;
  readonly lines: readonly { readonly op: number; readonly operands: readonly number[] }[];
  /** Values that the states a, b, c and the number s become. */
  readonly next: readonly number[];
}

type Op = (x: tf.Tensor, y: tf.Tensor, z: tf.Tensor) => tf.Tensor;

/** Those that fused kernels know, and a few that only graphs do, each kept within bounds. */
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

  it('share a function where kernels differ only in their arrays', () => {
    const [v, w] = [5, 300].map((n) => tf.variable(tf.zeros([n])));
    const { module, functionOf } = compile(
      ({ x, y }) => {
        v.assign(tf.sub(v, tf.mul(0.1, x)));
        w.assign(tf.sub(w, tf.mul(0.1, y)));
        return { probe: tf.sum(v) };
      },
      { inputs: { x: { shape: [5] }, y: { shape: [300] } } },
    );
    expect([...functionOf.values()]).toEqual(['kernel0', 'kernel0']);
    expect(WebAssembly.Module.exports(new WebAssembly.Module(module))).toHaveLength(1);
  });
});
