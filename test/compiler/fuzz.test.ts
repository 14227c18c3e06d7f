import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { Values } from '../../src/backends/backend.js';
import type { InputSpec } from '../../src/compiler/trace/trace.js';
import { native, outcome, randomValues, wasm, type Built, type Outcome } from './oracle.js';

/**
 * Random graphs of TensorFlow.js' ops, with gradients and a state that is read and assigned in the middle, on native and wasm against
 * eager TensorFlow.js. `npm run fuzz:compiler`; COMPILER_FUZZ_RUNS says how many, COMPILER_FUZZ_SEED which.
 */
const RUNS = Number(process.env.COMPILER_FUZZ_RUNS ?? 20);
const SEED = Number(process.env.COMPILER_FUZZ_SEED ?? 1);
const STEPS = 2;
/** So many programs between two lines that say how far it is. */
const TOLD_EVERY = 1000;
/** Of the difference by the norm: graphs of up to 12 ops amplify the rounding of each. */
const LARGEST_DISTANCE = 1e-4;

/** A line of a program: an op, and which earlier values it takes, counted from the end. */
interface Line {
  readonly op: number;
  readonly a: number;
  readonly b: number;
  readonly k: number;
}
interface Program {
  readonly shape: readonly [number, number, number];
  readonly lines: readonly Line[];
  /** Of which line the state is assigned. */
  readonly assigned: number;
}

type Op = (a: tf.Tensor3D, b: tf.Tensor3D, k: number) => tf.Tensor;

/** Ops from two arrays [n, h, w] to one of the same shape; smooth, since rounding decides at a corner. */
const OPS: readonly Op[] = [
  (a, b) => tf.add(a, b),
  (a, b) => tf.mul(tf.tanh(a), b),
  (a, b) => tf.div(a, tf.add(tf.square(b), 1)),
  (a) => tf.sigmoid(a),
  (a) => tf.softplus(a),
  (a) => tf.sin(a),
  (a) => tf.cos(a),
  (a) => tf.erf(a),
  (a) => tf.selu(tf.add(tf.square(a), 0.1)),
  (a) => tf.log1p(tf.square(a)),
  (a) => tf.expm1(tf.tanh(a)),
  (a) => tf.atan(a),
  (a, _, k) => tf.sub(a, tf.mean(a, k % 3, true)),
  (a, b, k) => tf.mul(tf.tanh(a), tf.tanh(tf.sum(b, [k % 3, (k + 1) % 3], true))),
  (a, _, k) =>
    tf.softmax(tf.transpose(tf.transpose(a, [k % 2, 1 - (k % 2), 2]), [k % 2, 1 - (k % 2), 2])),
  (a, _, k) => tf.reverse(a, k % 3),
  (a, b) => tf.tanh(tf.matMul(tf.matMul(a, b, false, true), a)),
  (a, b, k) => tf.slice(tf.concat([a, b], k % 3), [0, 0, 0].with(k % 3, 1), a.shape),
  // Along other axes than the last, TensorFlow.js' gradient has the wrong shape.
  (a) => tf.tanh(tf.cumsum(a, 2)),
  (a, b, k) => tf.unstack(tf.stack([a, b, tf.neg(a)], k % 4), k % 4)[k % 3],
  (a, _, k) =>
    tf.slice(
      tf.pad(a, [
        [0, 1],
        [1, 0],
        [k % 2, 1],
      ]),
      [0, k % 2, 0],
      a.shape,
    ),
  (a, _, k) =>
    tf.slice(
      tf.mirrorPad(
        a,
        [
          [0, 1],
          [1, 0],
          [1, 1],
        ],
        'symmetric',
      ),
      [k % 2, 0, 1],
      a.shape,
    ),
  (a, _, k) =>
    tf.gather(
      a,
      [0, 0, ...Array<number>(a.shape[k % 3] - 1).keys()].slice(0, a.shape[k % 3]).map(Number),
      k % 3,
    ),
  (a, b) =>
    tf.mul(a, tf.broadcastTo(tf.tanh(tf.slice(b, [0, 0, 0], [1, ...b.shape.slice(1)])), b.shape)),
  (a) => tf.tile(tf.slice(a, [0, 0, 0], [a.shape[0], 1, a.shape[2]]), [1, a.shape[1], 1]),
  (a) => image(a, (x) => tf.avgPool(x, 2, 1, 'same')),
  // Of an image that is not square, TensorFlow.js' gradient has the wrong shape.
  (a) => {
    const side = Math.min(a.shape[1], a.shape[2]);
    const square = tf.slice(a, [0, 0, 0], [a.shape[0], side, side]);
    const resized = image(square, (x) =>
      tf.image.resizeBilinear(tf.image.resizeBilinear(x, [2 * side, 2 * side]), [side, side]),
    ) as tf.Tensor3D;
    return tf.pad(resized, [
      [0, 0],
      [0, a.shape[1] - side],
      [0, a.shape[2] - side],
    ]);
  },
  (a, b) => image(a, (x) => tf.conv2d(x, kernelOf(b), 1, 'same')),
  (a, b) => image(a, (x) => tf.depthwiseConv2d(x, kernelOf(b), 1, 'same')),
  (a) => tf.pow(tf.add(tf.square(a), 0.5), 0.7),
];

/** The array as an image of one channel. */
const image = (a: tf.Tensor3D, f: (x: tf.Tensor4D) => tf.Tensor4D): tf.Tensor =>
  tf.reshape(f(tf.expandDims(a, 3)), a.shape);
/** A filter of 2 x 2, or less, from an array. */
const kernelOf = (b: tf.Tensor3D): tf.Tensor4D =>
  tf.reshape(
    tf.tanh(tf.slice(b, [0, 0, 0], [1, Math.min(2, b.shape[1]), Math.min(2, b.shape[2])])),
    [Math.min(2, b.shape[1]), Math.min(2, b.shape[2]), 1, 1],
  );

const programs: fc.Arbitrary<Program> = fc.record({
  shape: fc.tuple(...[4, 6, 7].map((max) => fc.integer({ min: 1, max }))) as fc.Arbitrary<
    [number, number, number]
  >,
  lines: fc.array(
    fc.record({ op: fc.nat(OPS.length - 1), a: fc.nat(5), b: fc.nat(5), k: fc.nat(11) }),
    { minLength: 1, maxLength: 12 },
  ),
  assigned: fc.nat(11),
});

function built({ shape, lines, assigned }: Program): Built {
  const size = shape.reduce((a, b) => a * b, 1);
  const w = tf.variable(tf.tensor3d(randomValues(size, 5), [...shape]), true, 'w');
  const state = tf.variable(tf.tensor3d(randomValues(size, 6), [...shape]), false, 'state');
  const compute = (x: tf.Tensor): tf.Tensor3D[] => {
    const values = [x, w, state] as tf.Tensor3D[];
    lines.forEach(({ op, a, b, k }, line) => {
      const from = (back: number): tf.Tensor3D =>
        values[values.length - 1 - (back % values.length)];
      values.push(OPS[op](from(a), from(b), k) as tf.Tensor3D);
      if (line === assigned % lines.length) values.push(tf.tanh(values[values.length - 1]));
    });
    return values;
  };
  return {
    step: ({ x }) => {
      const { value, grads } = tf.variableGrads(() => {
        const values = compute(x);
        return tf.mean<tf.Scalar>(
          tf.square(tf.addN([values[values.length - 1], values[values.length - 2], w])),
        );
      }, [w]);
      const values = compute(x);
      const old = tf.mul(state, 2);
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-assertion
      state.assign(tf.tanh(values[values.length - 1]) as tf.Tensor3D);
      w.assign(tf.sub(w, tf.mul(0.1, grads['w'])));
      return {
        value: tf.mul(value, 1),
        last: tf.tanh(values[values.length - 1]),
        old,
        now: tf.neg(state),
      };
    },
  };
}

function distance(found: Values, wanted: Values): number {
  const norm = (values: readonly number[]): number => Math.hypot(...values);
  const difference = norm(
    Array.from(found, (x, k) => (Object.is(x, wanted[k]) ? 0 : x - wanted[k])),
  );
  return difference / Math.max(norm([...wanted]), 1e-2 * Math.sqrt(wanted.length));
}

function check(name: string, found: Outcome, wanted: Outcome): void {
  const pairs: [string, Values, Values][] = [
    ...wanted.outputs.flatMap((outputs, run) =>
      Object.entries(outputs).map(([output, values]): [string, Values, Values] => [
        `run ${run}, ${output}`,
        found.outputs[run][output],
        values,
      ]),
    ),
    ...[...found.state].map(([state, values]): [string, Values, Values] => [
      state,
      values,
      wanted.state.get(state)!,
    ]),
  ];
  for (const [what, a, b] of pairs)
    if (!(distance(a, b) < LARGEST_DISTANCE))
      throw new Error(`${name}: ${what} is ${distance(a, b)} from eager`);
}

describe('random graphs equal eager TensorFlow.js', async () => {
  const backends = { native: await native(), wasm: await wasm() };
  it(
    `${RUNS} of seed ${SEED}`,
    async () => {
      let tried = 0;
      await fc.assert(
        fc.asyncProperty(programs, async (program) => {
          const inputs: Record<string, InputSpec> = { x: { shape: program.shape } };
          const size = program.shape.reduce((a, b) => a * b, 1);
          const feeds = Array.from({ length: STEPS }, (_, k) => ({
            x: randomValues(size, 20 + k),
          }));
          const build = (): Built => built(program);
          const wanted = await outcome(undefined, build, inputs, feeds);
          check('native', await outcome(backends.native, build, inputs, feeds), wanted);
          check('wasm', await outcome(backends.wasm, build, inputs, feeds), wanted);
          if (++tried % TOLD_EVERY === 0)
            console.log(`${tried} of ${RUNS} programs: no difference`);
        }),
        { numRuns: RUNS, seed: SEED },
      );
    },
    Infinity,
  );
});
