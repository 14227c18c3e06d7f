import { expect, it } from 'vitest';
import type { Builder } from '../../../src/compiler/graph/builder.js';
import type { Value } from '../../../src/compiler/graph/value.js';
import { expectUntouched, rewritten } from './rewritten.js';

const turned = (b: Builder, x: Value): Value => b.op('Transpose', [x], { perm: [1, 0] });
const reshaped = (b: Builder, x: Value, shape: number[]): Value => b.op('Reshape', [x], { shape });
const cube = (b: Builder, x: Value): Value =>
  b.op('Reshape', [b.op('Tile', [x], { repeats: [2, 1] })], { shape: [2, 2, 3] });

it('arrangeLate', async () => {
  const text = await rewritten('arrangeLate', (b, x, y) => {
    const image = b.op('Transpose', [cube(b, x)], { perm: [1, 0, 2] });
    const flat = reshaped(b, image, [4, 3]);
    const biased = b.op('Add', [flat, reshaped(b, y, [1, 3])], {});
    return b.op('Mul', [b.op('Relu', [biased], {}), biased], {});
  });
  expect(text).toMatchInlineSnapshot(`
    "%2 = Tile(x, repeats=[2,1]) : f32[4, 3]
    %3 = Reshape(%2, shape=[2,2,3]) : f32[2, 2, 3]
    %4 = Transpose(%3, perm=[1,0,2]) : f32[2, 2, 3]
    %5 = Reshape(%4, shape=[4,3]) : f32[4, 3]
    %6 = Reshape(y, shape=[1,3]) : f32[1, 3]
    %7 = Add(%5, %6) : f32[4, 3]
    %8 = Relu(%7) : f32[4, 3]
    %9 = Mul(%8, %7) : f32[4, 3]
    %10 = Sin(%9) : f32[4, 3]
    output out = %10
    ->
    %2 = Tile(x, repeats=[2,1]) : f32[4, 3]
    %3 = Reshape(y, shape=[1,3]) : f32[1, 3]
    %4 = Reshape(%3, shape=[3]) : f32[3]
    %5 = Reshape(%4, shape=[3]) : f32[3]
    %6 = Reshape(%5, shape=[3]) : f32[3]
    %7 = Add(%2, %6) : f32[4, 3]
    %8 = Relu(%7) : f32[4, 3]
    %9 = Mul(%8, %7) : f32[4, 3]
    %10 = Sin(%9) : f32[4, 3]
    %11 = Reshape(%10, shape=[2,2,3]) : f32[2, 2, 3]
    %12 = Transpose(%11, perm=[1,0,2]) : f32[2, 2, 3]
    %13 = Reshape(%12, shape=[4,3]) : f32[4, 3]
    output out = %13"
  `);
  expectUntouched('arrangeLate', {
    'another operand as it is': (b, x) => b.op('Add', [turned(b, turned(b, x)), x], {}),
    'arranged in another way': (b, x) => b.op('Add', [reshaped(b, x, [3, 2]), turned(b, x)], {}),
    'a vector along an axis that moves': (b, x, y) =>
      b.op('Add', [turned(b, b.op('Tile', [x], { repeats: [1, 1] })), reshaped(b, y, [3, 1])], {}),
    'nothing arranged': (b, x, y) => b.op('Add', [x, y], {}),
  });
});

it('arrangeOther', async () => {
  const text = await rewritten('arrangeOther', (b, x) => {
    const image = cube(b, x);
    const other = b.op('Exp', [b.op('Neg', [image], {})], {});
    const product = b.op('Mul', [other, b.op('Transpose', [image], { perm: [1, 0, 2] })], {});
    const sum = b.op('ReduceSum', [product], { axes: [0, 1], keepDims: false });
    return b.op('Add', [b.op('Transpose', [product], { perm: [1, 0, 2] }), sum], {});
  });
  expect(text).toMatchInlineSnapshot(`
    "%2 = Tile(x, repeats=[2,1]) : f32[4, 3]
    %3 = Reshape(%2, shape=[2,2,3]) : f32[2, 2, 3]
    %4 = Neg(%3) : f32[2, 2, 3]
    %5 = Exp(%4) : f32[2, 2, 3]
    %6 = Transpose(%3, perm=[1,0,2]) : f32[2, 2, 3]
    %7 = Mul(%5, %6) : f32[2, 2, 3]
    %8 = Transpose(%7, perm=[1,0,2]) : f32[2, 2, 3]
    %9 = ReduceSum(%7, axes=[0,1], keepDims=false) : f32[3]
    %10 = Add(%8, %9) : f32[2, 2, 3]
    %11 = Sin(%10) : f32[2, 2, 3]
    output out = %11
    ->
    %2 = Tile(x, repeats=[2,1]) : f32[4, 3]
    %3 = Reshape(%2, shape=[2,2,3]) : f32[2, 2, 3]
    %4 = Neg(%3) : f32[2, 2, 3]
    %5 = Exp(%4) : f32[2, 2, 3]
    %6 = Transpose(%5, perm=[1,0,2]) : f32[2, 2, 3]
    %7 = Mul(%6, %3) : f32[2, 2, 3]
    %8 = ReduceSum(%7, axes=[0,1], keepDims=false) : f32[3]
    %9 = Add(%7, %8) : f32[2, 2, 3]
    %10 = Sin(%9) : f32[2, 2, 3]
    output out = %10"
  `);
  const other = (b: Builder, x: Value): Value => b.op('Exp', [reshaped(b, x, [3, 2])], {});
  expectUntouched('arrangeOther', {
    'what is not turned back': (b, x) => b.op('Mul', [other(b, x), turned(b, x)], {}),
    'what is needed as it is': (b, x) => {
      const product = b.op('Mul', [other(b, x), turned(b, x)], {});
      return b.op('Add', [turned(b, turned(b, product)), product], {});
    },
    'a sum along the axis that moves': (b, x) => {
      const product = b.op('Mul', [other(b, x), turned(b, x)], {});
      const sum = b.op('ReduceSum', [product], { axes: [0], keepDims: false });
      return b.op('Mul', [turned(b, product), b.op('Exp', [reshaped(b, sum, [2, 1])], {})], {});
    },
    'a column beside it': (b, x, y) =>
      turned(b, b.op('Mul', [reshaped(b, y, [3, 1]), turned(b, x)], {})),
  });
});

it('sumBeforeArranging', async () => {
  const sum = (b: Builder, x: Value, axes: number[]): Value =>
    b.op('ReduceSum', [x], { axes, keepDims: false });
  const text = await rewritten('sumBeforeArranging', (b, x) => {
    const image = b.op('Transpose', [cube(b, x)], { perm: [1, 0, 2] });
    return sum(b, reshaped(b, image, [1, 4, 3]), [0, 1]);
  });
  expect(text).toMatchInlineSnapshot(`
    "%2 = Tile(x, repeats=[2,1]) : f32[4, 3]
    %3 = Reshape(%2, shape=[2,2,3]) : f32[2, 2, 3]
    %4 = Transpose(%3, perm=[1,0,2]) : f32[2, 2, 3]
    %5 = Reshape(%4, shape=[1,4,3]) : f32[1, 4, 3]
    %6 = ReduceSum(%5, axes=[0,1], keepDims=false) : f32[3]
    %7 = Sin(%6) : f32[3]
    output out = %7
    ->
    %2 = Tile(x, repeats=[2,1]) : f32[4, 3]
    %3 = ReduceSum(%2, axes=[0], keepDims=false) : f32[3]
    %4 = Sin(%3) : f32[3]
    output out = %4"
  `);
  expectUntouched('sumBeforeArranging', {
    'the last axis moves': (b, x) => sum(b, turned(b, x), [0]),
    'the last axis is split': (b, x) => sum(b, reshaped(b, x, [3, 2]), [0]),
    'the last axis is summed': (b, x) =>
      sum(b, b.op('Transpose', [cube(b, x)], { perm: [1, 0, 2] }), [0, 2]),
    'summed in part': (b, x) => sum(b, b.op('Transpose', [cube(b, x)], { perm: [1, 0, 2] }), [0]),
  });
});
