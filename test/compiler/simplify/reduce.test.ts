import { expect, it } from 'vitest';
import type { Builder } from '../../../src/compiler/graph/builder.js';
import type { Value } from '../../../src/compiler/graph/value.js';
import { expectUntouched, rewritten } from './rewritten.js';

const tiled = (b: Builder, x: Value, repeats: number[]): Value => b.op('Tile', [x], { repeats });

it('sumByProduct', async () => {
  const text = await rewritten('sumByProduct', (b, x) =>
    b.op('ReduceSum', [b.op('Reshape', [tiled(b, x, [16, 6])], { shape: [4, 8, 18] })], {
      axes: [0, 1],
      keepDims: true,
    }),
  );
  expect(text).toMatchInlineSnapshot(`
    "%2 = Tile(x, repeats=[16,6]) : f32[32, 18]
    %3 = Reshape(%2, shape=[4,8,18]) : f32[4, 8, 18]
    %4 = ReduceSum(%3, axes=[0,1], keepDims=true) : f32[1, 1, 18]
    %5 = Sin(%4) : f32[1, 1, 18]
    output out = %5
    ->
    %2 = Expand(1, shape=[1,32]) : f32[1, 32]
    %3 = Tile(x, repeats=[16,6]) : f32[32, 18]
    %4 = Reshape(%3, shape=[4,8,18]) : f32[4, 8, 18]
    %5 = Reshape(%4, shape=[32,18]) : f32[32, 18]
    %6 = Gemm(%2, %5, transA=false, transB=false) : f32[1, 18]
    %7 = Reshape(%6, shape=[1,1,18]) : f32[1, 1, 18]
    %8 = Sin(%7) : f32[1, 1, 18]
    output out = %8"
  `);
  expectUntouched('sumByProduct', {
    'few rows': (b, x) => b.op('ReduceSum', [tiled(b, x, [7, 6])], { axes: [0], keepDims: false }),
    'few columns': (b, x) =>
      b.op('ReduceSum', [tiled(b, x, [16, 5])], { axes: [0], keepDims: false }),
    'a sum along rows': (b, x) =>
      b.op('ReduceSum', [tiled(b, x, [16, 6])], { axes: [1], keepDims: false }),
    'a sum of everything': (b, x) =>
      b.op('ReduceSum', [tiled(b, x, [16, 6])], { axes: [0, 1], keepDims: false }),
    'a short column': (b, x) =>
      b.op('ReduceSum', [b.op('Reshape', [x], { shape: [6, 1] })], { axes: [0], keepDims: false }),
  });
});

it('sumByProduct of means and of a long column', async () => {
  const text = await rewritten('sumByProduct', (b, x) => {
    const means = b.op('ReduceMean', [tiled(b, x, [16, 6])], { axes: [0], keepDims: false });
    const column = b.op('Reshape', [tiled(b, x, [32, 6])], { shape: [1152, 1] });
    return b.op('Add', [means, b.op('ReduceMean', [column], { axes: [0], keepDims: false })], {});
  });
  expect(text).toMatchInlineSnapshot(`
    "%2 = Tile(x, repeats=[16,6]) : f32[32, 18]
    %3 = ReduceMean(%2, axes=[0], keepDims=false) : f32[18]
    %4 = Tile(x, repeats=[32,6]) : f32[64, 18]
    %5 = Reshape(%4, shape=[1152,1]) : f32[1152, 1]
    %6 = ReduceMean(%5, axes=[0], keepDims=false) : f32[1]
    %7 = Add(%3, %6) : f32[18]
    %8 = Sin(%7) : f32[18]
    output out = %8
    ->
    %2 = Expand(0.03125, shape=[1,32]) : f32[1, 32]
    %3 = Tile(x, repeats=[16,6]) : f32[32, 18]
    %4 = Reshape(%3, shape=[32,18]) : f32[32, 18]
    %5 = Gemm(%2, %4, transA=false, transB=false) : f32[1, 18]
    %6 = Reshape(%5, shape=[18]) : f32[18]
    %7 = Expand(0.0008680555620230734, shape=[1,1152]) : f32[1, 1152]
    %8 = Tile(x, repeats=[32,6]) : f32[64, 18]
    %9 = Reshape(%8, shape=[1152,1]) : f32[1152, 1]
    %10 = Reshape(%9, shape=[1152,1]) : f32[1152, 1]
    %11 = Gemm(%7, %10, transA=false, transB=false) : f32[1, 1]
    %12 = Reshape(%11, shape=[1]) : f32[1]
    %13 = Add(%6, %12) : f32[18]
    %14 = Sin(%13) : f32[18]
    output out = %14"
  `);
});
