import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Builder } from '../../../src/compiler/graph/builder.js';
import { verify, type Graph } from '../../../src/compiler/graph/graph.js';
import { printGraph } from '../../../src/compiler/graph/print.js';
import { printPlan } from '../../../src/compiler/plan/print.js';
import { simplify } from '../../../src/compiler/simplify/simplify.js';
import { trace } from '../../../src/compiler/trace/trace.js';
import type { Value } from '../../../src/compiler/graph/value.js';
import { NATIVE } from '../../../src/compiler/target.js';
import { compileGraph } from '../../support/compile.js';
import '../oracle.js';

beforeEach(async () => {
  await tf.setBackend('cpu');
});
afterEach(() => tf.disposeVariables());

describe('verify catches', () => {
  const builder = new Builder();
  const x = builder.input('x', [2, 3], 'float32');
  const n = builder.input('n', [3], 'int32');
  const w = builder.state('w', [3], 'float32');
  const sum = builder.op('Add', [x, w], {});
  const sound: Graph = {
    inputs: [x, n],
    states: [{ name: 'w', current: w, next: w, initial: new Float32Array(3) }],
    outputs: new Map([['y', sum]]),
  };
  const withOutput = (y: Value): Graph => ({ ...sound, outputs: new Map([['y', y]]) });
  const node = (op: 'Add', operands: Value[], shape: number[], dtype = x.dtype): Value => ({
    id: -1,
    shape,
    dtype,
    source: { kind: 'node', op, operands, attributes: {} },
  });

  it('nothing in a sound graph', () => {
    expect(verify(sound, 'a test')).toBe(sound);
  });

  it.each<[string, Graph, string]>([
    [
      'a wrong shape',
      withOutput(node('Add', [x, w], [3, 2])),
      'Add gives f32[2, 3], recorded is f32[3, 2]',
    ],
    ['a wrong type', withOutput(node('Add', [x, w], [2, 3], 'int32')), 'recorded is i32[2, 3]'],
    [
      'an operand too few',
      withOutput(node('Add', [x], [2, 3])),
      'Add of f32[2, 3], which takes 2 operands',
    ],
    ['none at all', withOutput(node('Add', [], [2, 3])), 'Add of nothing, which takes 2 operands'],
    [
      'an operand too many',
      withOutput(node('Add', [x, w, w], [2, 3])),
      'Add of f32[2, 3] and f32[3] and f32[3], which takes 2 operands',
    ],
    ['operands of two types', withOutput(node('Add', [x, n], [2, 3])), 'not of one type'],
    [
      'operands that do not fit',
      withOutput(node('Add', [x, builder.op('Concat', [w, w], { axis: 0 })], [2, 3])),
      'cannot broadcast [2, 3] with [6]',
    ],
    ['an undeclared input', { ...sound, inputs: [n] }, 'input x is not declared'],
    ['an undeclared state', { ...sound, states: [] }, 'state w is not declared'],
    [
      'two inputs of one name',
      { ...sound, inputs: [x, n, new Builder().input('x', [1], 'float32')] },
      'two inputs or states of one name',
    ],
    ['an input that is computed', { ...sound, inputs: [x, n, sum] }, 'an input that is computed'],
    [
      'a next state of another shape',
      { ...sound, states: [{ ...sound.states[0], next: sum }] },
      'state w is f32[3], its next value f32[2, 3]',
    ],
    [
      'initial values that do not fit',
      { ...sound, states: [{ ...sound.states[0], initial: new Float32Array(4) }] },
      'state w has 4 initial elements',
    ],
    [
      'a constant with too few elements',
      withOutput({
        id: -1,
        shape: [2],
        dtype: 'float32',
        source: { kind: 'constant', data: new Float32Array(1) },
      }),
      'a constant of f32[2] with 1 elements',
    ],
  ])('%s', (_name, graph, message) => {
    expect(() => verify(graph, 'a test')).toThrow(message);
  });
});

describe('a step of one layer with momentum, as text', () => {
  const traced = (): ReturnType<typeof trace> => {
    const w = tf.variable(tf.zeros([3, 1]), true, 'w');
    const m = tf.variable(tf.zeros([3, 1]), true, 'm');
    return trace(
      ({ x }) => {
        const { value, grads } = tf.variableGrads(
          () => tf.mean(tf.square(tf.relu(tf.matMul(x, w as unknown as tf.Tensor2D)))),
          [w],
        );
        m.assign(tf.add(tf.mul(m, 0.9), grads.w));
        w.assign(tf.sub(w, tf.mul(m, 0.1)));
        return { loss: value };
      },
      { inputs: { x: { shape: [4, 3] } } },
    );
  };

  it('traced', () => {
    expect(printGraph(traced().graph)).toMatchInlineSnapshot(`
      "input x: f32[4, 3]
      state w: f32[3, 1]
      state m: f32[3, 1]
      %3 = Gemm(x, w, transA=false, transB=false) : f32[4, 1]
      %4 = Relu(%3) : f32[4, 1]
      %5 = Mul(%4, %4) : f32[4, 1]
      %6 = ReduceMean(%5, axes=[0,1], keepDims=false) : f32[]
      %7 = Mul(m, 0.8999999761581421) : f32[3, 1]
      %8 = Reshape(1, shape=[1,1]) : f32[1, 1]
      %9 = Expand(1, shape=[4,1]) : f32[4, 1]
      %10 = Mul(%8, %9) : f32[4, 1]
      %11 = Div(%10, 4) : f32[4, 1]
      %12 = Mul(%4, 2) : f32[4, 1]
      %13 = Mul(%11, %12) : f32[4, 1]
      %14 = Greater(%3, 0) : bool[4, 1]
      %15 = Where(%14, 1, 0) : f32[4, 1]
      %16 = Mul(%13, %15) : f32[4, 1]
      %17 = Gemm(x, %16, transA=true, transB=false) : f32[3, 1]
      %18 = Add(%7, %17) : f32[3, 1]
      %19 = Mul(%18, 0.10000000149011612) : f32[3, 1]
      %20 = Sub(w, %19) : f32[3, 1]
      output loss = %6
      next w = %20
      next m = %18"
    `);
  });

  it('simplified', () => {
    const { graph, builder } = traced();
    expect(printGraph(simplify(graph, builder))).toMatchInlineSnapshot(`
      "input x: f32[4, 3]
      state w: f32[3, 1]
      state m: f32[3, 1]
      %3 = Gemm(x, w, transA=false, transB=false) : f32[4, 1]
      %4 = Relu(%3) : f32[4, 1]
      %5 = Mul(%4, %4) : f32[4, 1]
      %6 = ReduceMean(%5, axes=[0,1], keepDims=false) : f32[]
      %7 = Mul(m, 0.8999999761581421 [1, 1]) : f32[3, 1]
      %8 = Mul(%4, 2 [1, 1]) : f32[4, 1]
      %9 = Mul(0.25 [1, 1], %8) : f32[4, 1]
      %10 = Greater(%4, 0 [1, 1]) : bool[4, 1]
      %11 = Where(%10, 1 [1, 1], 0 [1, 1]) : f32[4, 1]
      %12 = Mul(%9, %11) : f32[4, 1]
      %13 = Gemm(x, %12, transA=true, transB=false) : f32[3, 1]
      %14 = Add(%7, %13) : f32[3, 1]
      %15 = Mul(%14, 0.10000000149011612 [1, 1]) : f32[3, 1]
      %16 = Sub(w, %15) : f32[3, 1]
      output loss = %6
      next w = %16
      next m = %14"
    `);
  });

  it('divided into an ONNX graph and generated code', () => {
    const { graph, builder } = traced();
    const text = printPlan(compileGraph(simplify(graph, builder), NATIVE));
    expect(text).toMatchInlineSnapshot(`
      "0. onnx (x: f32[4, 3], w: f32[3, 1]) -> (%6: f32[], %13: f32[3, 1])
      1. wasm
         Mul Add Mul Sub (m: f32[3, 1], %13: f32[3, 1], w: f32[3, 1]) -> (%14: f32[3, 1], %16: f32[3, 1])"
    `);
  });
});
