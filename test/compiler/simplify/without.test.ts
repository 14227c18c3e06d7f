import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import type { Backend, Values } from '../../../src/backends/index.js';
import { REWRITES, simplify } from '../../../src/compiler/simplify/simplify.js';
import { rootsOf } from '../../../src/compiler/graph/graph.js';
import { trace } from '../../../src/compiler/trace/trace.js';
import type { CompiledStep } from '../../../src/compiler/compile.js';
import { denseStep, feedsOf, inputsOf, SMALL } from '../../backends/dense-gan.js';
import { compileGraph } from '../../support/compile.js';
import { expectClose, native, randomValues, wasm, type Built, type Feed } from '../oracle.js';
import type { InputSpec } from '../../../src/compiler/trace/trace.js';

afterEach(() => tf.disposeVariables());

/** Losses and weights after some steps; Adam is left out, which divides by gradients that are 0 but for rounding. */
const TOLERANCE = { relative: 1e-4, absolute: 1e-5 };

/** Two convolutions with batch normalisation between them, and a dense layer; trained with momentum. */
function convStep(): Built {
  const shapes: Record<string, number[]> = {
    first: [3, 3, 1, 4],
    scale: [4],
    second: [3, 3, 4, 8],
    bias: [8],
    dense: [4 * 4 * 8, 3],
  };
  const weights = Object.entries(shapes).map(([name, shape], k) => {
    const values = randomValues(
      shape.reduce((a, b) => a * b),
      k + 1,
    ).map((x) => 0.5 * x + 0.1);
    return tf.variable(tf.tensor(values, shape), true, name);
  });
  const [first, scale, second, bias, dense] = weights as unknown as [
    tf.Tensor4D,
    tf.Tensor1D,
    tf.Tensor4D,
    tf.Tensor1D,
    tf.Tensor2D,
  ];
  const momentum = tf.train.momentum(0.01, 0.9);
  return {
    variables: new Map(weights.map((weight) => [weight, weight.name])),
    step: ({ x, labels }) => {
      const loss = (): tf.Scalar => {
        const y = tf.conv2d(x as tf.Tensor4D, first, 2, 'same');
        const { mean, variance } = tf.moments(y, [0, 1, 2]);
        const normal = tf.mul(tf.div(tf.sub(y, mean), tf.sqrt(tf.add(variance, 1e-3))), scale);
        const z = tf.conv2d(tf.leakyRelu(normal, 0.2) as tf.Tensor4D, second, 1, 'same');
        const rows = tf.reshape(tf.relu(tf.add(z, bias)), [6, -1]);
        return tf.losses.softmaxCrossEntropy(labels, tf.matMul(rows, dense));
      };
      return { loss: momentum.minimize(loss, true)! };
    },
  };
}

const CONV_INPUTS = { x: { shape: [6, 8, 8, 1] }, labels: { shape: [6, 3] } };
const CONV_FEEDS: Feed[] = [1, 2, 3].map((k) => ({
  x: randomValues(6 * 64, k),
  labels: Array.from({ length: 18 }, (_, i) => Number(i % 3 === (i * k) % 2)),
}));

/** Outputs of each run and the state after them, of a step that is compiled without a rewrite. */
async function run(
  backend: Backend,
  [build, inputs, feeds]: Case,
  without?: string,
): Promise<Record<string, Values>> {
  await tf.setBackend('cpu');
  const { step, variables } = build();
  const { graph, builder } = trace(step, { inputs, variables: variables! });
  tf.disposeVariables();
  const compiled: CompiledStep = compileGraph(simplify(graph, builder, without), backend.target);
  const executable = await backend.load(compiled);
  const found: Record<string, Values> = {};
  for (const [k, feed] of feeds.entries()) {
    for (const [name, values] of Object.entries(feed)) executable.inputs[name].set(values);
    for (const [name, values] of Object.entries(await executable.run()))
      found[`${name} of run ${k}`] = values.slice();
  }
  for (const [name, values] of executable.readState())
    if (!/^\d+$/.test(name) && feeds === CONV_FEEDS) found[name] = values;
  await executable.dispose();
  return found;
}

type Case = readonly [() => Built, Readonly<Record<string, InputSpec>>, readonly Feed[]];
const CASES: Record<string, Case> = {
  'the dense GAN': [() => denseStep(SMALL), inputsOf(SMALL), feedsOf(SMALL, 3)],
  'a convolutional network': [convStep, CONV_INPUTS, CONV_FEEDS],
};

describe.each(Object.entries(CASES))('%s without', async (_, step) => {
  const backends = [await native(), await wasm()];
  const expected = await run(backends[0], step);

  it.each(Object.keys(REWRITES))('%s gives the same, to the rounding', async (name) => {
    for (const backend of backends) {
      const found = await run(backend, step, name);
      expect(Object.keys(found)).toEqual(Object.keys(expected));
      for (const [key, values] of Object.entries(expected))
        expectClose(found[key], values, TOLERANCE, `${backend.name}, ${key}`);
    }
  });
});

/** So that the tests above are no tests of nothing: what is left out is missed. The others have tests of their own beside this one. */
it('most rewrites change one of these steps', async () => {
  await tf.setBackend('cpu');
  const unused = new Set(Object.keys(REWRITES));
  for (const [build, inputs] of Object.values(CASES)) {
    const { step, variables } = build();
    const { graph, builder } = trace(step, { inputs, variables: variables! });
    const roots = (without?: string): string =>
      rootsOf(simplify(graph, builder, without))
        .map(({ id }) => id)
        .join();
    for (const name of [...unused]) if (roots(name) !== roots()) unused.delete(name);
  }
  expect([...unused]).toEqual([
    'joinConstants',
    'liftExpand',
    'reshapeForUnitReduction',
    'reduceBeforeReshape',
    'arrangeOther',
  ]);
});
