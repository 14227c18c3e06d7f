import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { printPlan } from '../../../src/compiler/plan/print.js';
import { simplify } from '../../../src/compiler/simplify/simplify.js';
import { trace } from '../../../src/compiler/trace/trace.js';
import { NATIVE, wasmTarget } from '../../../src/compiler/target.js';
import { compileGraph } from '../../support/compile.js';
import { expectLikeEager, native, randomValues, type Built } from '../oracle.js';

/** Moves w by what x gives, in a kernel, and then computes from both, in a second graph. */
function build(): Built {
  const w = tf.variable(tf.ones([8]), true, 'w');
  return {
    variables: new Map([[w, 'w']]),
    step: ({ x }) => {
      const moves = tf.reshape(tf.concat([tf.exp(x), tf.zeros([1, 4])]), [8]);
      w.assign(tf.sub<tf.Tensor1D>(w, tf.mul(moves, 0.125)));
      const both = tf.add(tf.softmax(w), moves);
      return { out: tf.concat([tf.reshape(both, [2, 4]), tf.zeros([1, 4])]) };
    },
  };
}

const inputs = { x: { shape: [1, 4] } };

it('hands over neither reshapes nor constants between stages', async () => {
  const { step, variables } = build();
  const { graph, builder } = trace(step, { inputs, variables: variables! });
  const text = printPlan(compileGraph(simplify(graph, builder), NATIVE));
  tf.disposeVariables();
  expect(text).toMatchInlineSnapshot(`
    "0. onnx (x: f32[1, 4]) -> (%4: f32[2, 4])
    1. wasm
       Mul Sub (%4: f32[2, 4], w: f32[8]) -> (%7: f32[8])
    2. onnx (%7: f32[8], %4: f32[2, 4]) -> (%11: f32[3, 4])"
  `);
  await expectLikeEager(await native(), build, inputs, [
    { x: randomValues(4, 1) },
    { x: randomValues(4, 2) },
  ]);
});

it('reads a state before it is overwritten, so that none is copied', () => {
  const w = tf.variable(tf.ones([8]), true, 'w');
  const step = ({ x }: Record<string, tf.Tensor>): Record<string, tf.Tensor> => {
    const before = tf.exp(w);
    w.assign(tf.sub<tf.Tensor1D>(w, tf.mul(tf.softmax(x), 0.125)));
    return { y: tf.softmax(tf.add(w, before)) };
  };
  const { graph, builder } = trace(step, { inputs: { x: { shape: [8] } } });
  const text = printPlan(compileGraph(simplify(graph, builder), NATIVE));
  tf.disposeVariables();
  expect(text).toMatchInlineSnapshot(`
    "0. onnx (x: f32[8], w: f32[8]) -> (%2: f32[8], %5: f32[8])
    1. wasm
       Mul Sub (%2: f32[8], w: f32[8]) -> (%4: f32[8])
    2. onnx (%4: f32[8], %5: f32[8]) -> (%7: f32[8])"
  `);
});

it('does first what gives back more memory than it takes', () => {
  const step = ({ x }: Record<string, tf.Tensor>): Record<string, tf.Tensor> => {
    const first = tf.matMul(x, x);
    const second = tf.matMul(first, x);
    const third = tf.matMul(second, x);
    return { third: tf.sum(third, 0), first: tf.sum(first, 1) };
  };
  const { graph, builder } = trace(step, { inputs: { x: { shape: [64, 64] } } });
  const text = printPlan(compileGraph(simplify(graph, builder), wasmTarget(1)));
  expect(text).toMatchInlineSnapshot(`
    "0. wasm
       Expand () -> (%1: f32[1, 64])
       Gemm (x: f32[64, 64], x: f32[64, 64]) -> (%2: f32[64, 64])
       Gemm (%2: f32[64, 64], x: f32[64, 64]) -> (%3: f32[64, 64])
       ReduceSum (%2: f32[64, 64]) -> (%7: f32[64])
       Gemm (%3: f32[64, 64], x: f32[64, 64]) -> (%4: f32[64, 64])
       Gemm (%1: f32[1, 64], %4: f32[64, 64]) -> (%5: f32[1, 64])"
  `);
});
