import { expect, it } from 'vitest';
import { expandY, expectUntouched, rewritten } from './rewritten.js';

it('mergeReshapes', async () => {
  const text = await rewritten('mergeReshapes', (b, x) => {
    const merged = b.op('Reshape', [b.op('Reshape', [x], { shape: [6] })], { shape: [3, 2] });
    const back = b.op('Reshape', [b.op('Neg', [merged], {})], { shape: [3, 2] });
    return b.op('Expand', [back], { shape: [3, 2] });
  });
  expect(text).toMatchInlineSnapshot(`
      "%2 = Reshape(x, shape=[6]) : f32[6]
      %3 = Reshape(%2, shape=[3,2]) : f32[3, 2]
      %4 = Neg(%3) : f32[3, 2]
      %5 = Reshape(%4, shape=[3,2]) : f32[3, 2]
      %6 = Expand(%5, shape=[3,2]) : f32[3, 2]
      %7 = Sin(%6) : f32[3, 2]
      output out = %7
      ->
      %2 = Reshape(x, shape=[3,2]) : f32[3, 2]
      %3 = Neg(%2) : f32[3, 2]
      %4 = Sin(%3) : f32[3, 2]
      output out = %4"
    `);
  expectUntouched('mergeReshapes', {
    'one reshape': (b, x) => b.op('Reshape', [x], { shape: [6] }),
    'an expansion': expandY,
  });
});

it('reshapeExpanded', async () => {
  const text = await rewritten('reshapeExpanded', (b, x) => {
    const mean = b.op('ReduceMean', [x], { axes: [0, 1], keepDims: true });
    return b.op('Reshape', [b.op('Expand', [mean], { shape: [2, 3] })], { shape: [6] });
  });
  expect(text).toMatchInlineSnapshot(`
      "%2 = ReduceMean(x, axes=[0,1], keepDims=true) : f32[1, 1]
      %3 = Expand(%2, shape=[2,3]) : f32[2, 3]
      %4 = Reshape(%3, shape=[6]) : f32[6]
      %5 = Sin(%4) : f32[6]
      output out = %5
      ->
      %2 = ReduceMean(x, axes=[0,1], keepDims=true) : f32[1, 1]
      %3 = Reshape(%2, shape=[]) : f32[]
      %4 = Expand(%3, shape=[6]) : f32[6]
      %5 = Sin(%4) : f32[6]
      output out = %5"
    `);
  expectUntouched('reshapeExpanded', {
    'more than one number': (b, x, y) => b.op('Reshape', [expandY(b, x, y)], { shape: [6] }),
    'not expanded': (b, x) => b.op('Reshape', [x], { shape: [6] }),
  });
});

it('reshapeForUnitReduction', async () => {
  const text = await rewritten('reshapeForUnitReduction', (b, x) => {
    const column = b.op('Reshape', [x], { shape: [2, 1, 3, 1] });
    const sum = b.op('ReduceSum', [column], { axes: [1], keepDims: false });
    return b.op('ReduceMax', [sum], { axes: [2], keepDims: true });
  });
  expect(text).toMatchInlineSnapshot(`
      "%2 = Reshape(x, shape=[2,1,3,1]) : f32[2, 1, 3, 1]
      %3 = ReduceSum(%2, axes=[1], keepDims=false) : f32[2, 3, 1]
      %4 = ReduceMax(%3, axes=[2], keepDims=true) : f32[2, 3, 1]
      %5 = Sin(%4) : f32[2, 3, 1]
      output out = %5
      ->
      %2 = Reshape(x, shape=[2,1,3,1]) : f32[2, 1, 3, 1]
      %3 = Reshape(%2, shape=[2,3,1]) : f32[2, 3, 1]
      %4 = Reshape(%3, shape=[2,3,1]) : f32[2, 3, 1]
      %5 = Sin(%4) : f32[2, 3, 1]
      output out = %5"
    `);
  expectUntouched('reshapeForUnitReduction', {
    'an axis of three': (b, x) => b.op('ReduceSum', [x], { axes: [1], keepDims: true }),
    'one of one and one of three': (b, x) =>
      b.op('ReduceMean', [b.op('Reshape', [x], { shape: [2, 1, 3] })], {
        axes: [1, 2],
        keepDims: false,
      }),
  });
});

it('composeTransposes', async () => {
  const text = await rewritten('composeTransposes', (b, x) => {
    const image = b.op('Reshape', [x], { shape: [1, 2, 3, 1] });
    const moved = b.op('Transpose', [image], { perm: [2, 0, 3, 1] });
    const again = b.op('Transpose', [moved], { perm: [3, 1, 0, 2] });
    return b.op('Transpose', [again], { perm: [2, 1, 0, 3] });
  });
  expect(text).toMatchInlineSnapshot(`
      "%2 = Reshape(x, shape=[1,2,3,1]) : f32[1, 2, 3, 1]
      %3 = Transpose(%2, perm=[2,0,3,1]) : f32[3, 1, 1, 2]
      %4 = Transpose(%3, perm=[3,1,0,2]) : f32[2, 1, 3, 1]
      %5 = Transpose(%4, perm=[2,1,0,3]) : f32[3, 1, 2, 1]
      %6 = Sin(%5) : f32[3, 1, 2, 1]
      output out = %6
      ->
      %2 = Reshape(x, shape=[1,2,3,1]) : f32[1, 2, 3, 1]
      %3 = Transpose(%2, perm=[2,0,1,3]) : f32[3, 1, 2, 1]
      %4 = Sin(%3) : f32[3, 1, 2, 1]
      output out = %4"
    `);
  expectUntouched('composeTransposes', {
    'one that moves something': (b, x) => b.op('Transpose', [x], { perm: [1, 0] }),
  });
});

it('reduceBeforeReshape', async () => {
  const text = await rewritten('reduceBeforeReshape', (b, x) => {
    const image = b.op('Reshape', [x], { shape: [1, 1, 2, 3] });
    return b.op('ReduceSum', [image], { axes: [0, 1, 2], keepDims: false });
  });
  expect(text).toMatchInlineSnapshot(`
    "%2 = Reshape(x, shape=[1,1,2,3]) : f32[1, 1, 2, 3]
    %3 = ReduceSum(%2, axes=[0,1,2], keepDims=false) : f32[3]
    %4 = Sin(%3) : f32[3]
    output out = %4
    ->
    %2 = ReduceSum(x, axes=[0], keepDims=false) : f32[3]
    %3 = Sin(%2) : f32[3]
    output out = %3"
  `);
  expect(
    await rewritten('reduceBeforeReshape', (b, x) =>
      b.op('ReduceMean', [b.op('Reshape', [x], { shape: [1, 2, 3] })], {
        axes: [0],
        keepDims: false,
      }),
    ),
  ).toMatchInlineSnapshot(`
    "%2 = Reshape(x, shape=[1,2,3]) : f32[1, 2, 3]
    %3 = ReduceMean(%2, axes=[0], keepDims=false) : f32[2, 3]
    %4 = Sin(%3) : f32[2, 3]
    output out = %4
    ->
    %2 = Reshape(x, shape=[2,3]) : f32[2, 3]
    %3 = Sin(%2) : f32[2, 3]
    output out = %3"
  `);
  expectUntouched('reduceBeforeReshape', {
    'a reshape that splits': (b, x) =>
      b.op('ReduceSum', [b.op('Reshape', [x], { shape: [3, 2] })], { axes: [0], keepDims: false }),
    'an added axis that is kept': (b, x) =>
      b.op('ReduceSum', [b.op('Reshape', [x], { shape: [1, 2, 3] })], {
        axes: [1],
        keepDims: false,
      }),
    'kept dimensions': (b, x) =>
      b.op('ReduceSum', [b.op('Reshape', [x], { shape: [1, 2, 3] })], {
        axes: [0, 1],
        keepDims: true,
      }),
  });
});
