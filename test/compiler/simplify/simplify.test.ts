import * as tf from '@tensorflow/tfjs-core';
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { Builder } from '../../../src/compiler/graph/builder.js';
import { rootsOf, type Graph } from '../../../src/compiler/graph/graph.js';
import { isNode, topological } from '../../../src/compiler/graph/value.js';
import type { Rewrite } from '../../../src/compiler/simplify/rewrite.js';
import { REWRITES, simplify, untilStable } from '../../../src/compiler/simplify/simplify.js';
import { trace } from '../../../src/compiler/trace/trace.js';
import { randomValues } from '../oracle.js';

afterEach(() => tf.disposeVariables());

it('has a test for every rewrite', () => {
  const folder = new URL('./', import.meta.url);
  const text = readdirSync(folder)
    .map((file) => readFileSync(new URL(file, folder), 'utf8'))
    .join('\n');
  const missing = Object.keys(REWRITES).filter((name) => !text.includes(`rewritten('${name}'`));
  expect(missing).toEqual([]);
});

it('puts the bias of every layer of a deep network into its product', async () => {
  await tf.setBackend('cpu');
  const LAYERS = 100;
  const weights = Array.from({ length: LAYERS }, (_, k) => [
    tf.variable(tf.tensor2d(randomValues(36, k), [6, 6])),
    tf.variable(tf.zeros([6])),
  ]);
  const { graph, builder } = trace(
    ({ x }) => ({
      y: weights.reduce((y, [w, b]) => tf.leakyRelu(tf.add(tf.matMul(y, w), b)), x),
    }),
    { inputs: { x: { shape: [4, 6] } } },
  );
  const values = topological(rootsOf(simplify(graph, builder)));
  expect(values.filter((value) => isNode(value, 'Add'))).toEqual([]);
  expect(values.filter((value) => isNode(value, 'Gemm'))).toHaveLength(LAYERS);
});

describe('a rewrite that is wrong is named', () => {
  const builder = new Builder();
  const x = builder.input('x', [2, 3], 'float32');
  const graph: Graph = {
    inputs: [x],
    states: [],
    outputs: new Map([['y', builder.op('Neg', [builder.op('Abs', [x], {})], {})]]),
  };

  it('one that only ever adds', () => {
    const adds: Rewrite = (b, value) =>
      isNode(value, 'Neg') ? b.op('Neg', [b.op('Neg', [value], {})], {}) : undefined;
    expect(() => untilStable(graph, builder, { adds })).toThrow(
      'compiler bug: adds does not come to rest',
    );
  });

  it('two that undo one another in turns', () => {
    let odd = false;
    const turning: Rewrite = (b, value) => {
      if (!isNode(value, 'Abs', 'Exp')) return undefined;
      odd = !odd;
      return b.op(odd ? 'Exp' : 'Abs', value.source.operands, {});
    };
    expect(() => untilStable(graph, builder, { turning })).toThrow(
      'compiler bug: turning does not come to rest',
    );
  });

  it('one that makes an op of too few operands', () => {
    const halves: Rewrite = (b, value) =>
      isNode(value, 'Abs') ? b.op('Add', value.source.operands, {}) : undefined;
    expect(() => untilStable(graph, builder, { halves })).toThrow(
      'compiler bug: halves made Add of f32[2, 3], which takes 2 operands',
    );
  });

  it('one that changes the type', () => {
    const casts: Rewrite = (b, value) =>
      isNode(value, 'Abs') ? b.op('Cast', [value], { to: 'int32' }) : undefined;
    expect(() => untilStable(graph, builder, { casts })).toThrow(
      'compiler bug: casts made i32[2, 3] of f32[2, 3]',
    );
  });
});
