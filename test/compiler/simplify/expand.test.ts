import { expect, it } from 'vitest';
import { expandY, expectUntouched, rewritten } from './rewritten.js';

it('liftExpand', async () => {
  const text = await rewritten('liftExpand', (b, x, y) =>
    b.op('Mul', [expandY(b, x, y), b.op('Sub', [x, b.filled(2, [2, 3])], {})], {}),
  );
  expect(text).toMatchInlineSnapshot(`
      "%2 = Expand(y, shape=[2,3]) : f32[2, 3]
      %3 = Expand(2, shape=[2,3]) : f32[2, 3]
      %4 = Sub(x, %3) : f32[2, 3]
      %5 = Mul(%2, %4) : f32[2, 3]
      %6 = Sin(%5) : f32[2, 3]
      output out = %6
      ->
      %2 = Sub(x, 2) : f32[2, 3]
      %3 = Mul(y, %2) : f32[2, 3]
      %4 = Sin(%3) : f32[2, 3]
      output out = %4"
    `);
  expectUntouched('liftExpand', {
    'the only operand': (b, x, y) => b.op('Exp', [expandY(b, x, y)], {}),
    'not element-wise': (b, x, y) => b.op('Concat', [x, expandY(b, x, y)], { axis: 0 }),
    'the one that gives the shape': (b, x, y) => b.op('Mul', [expandY(b, x, y), y], {}),
  });
});

it('liftFullExpand', async () => {
  const text = await rewritten('liftFullExpand', (b, x, y) =>
    b.op('Mul', [b.op('Exp', [expandY(b, x, y)], {}), b.filled(2, [2, 3])], {}),
  );
  expect(text).toMatchInlineSnapshot(`
      "%2 = Expand(y, shape=[2,3]) : f32[2, 3]
      %3 = Exp(%2) : f32[2, 3]
      %4 = Expand(2, shape=[2,3]) : f32[2, 3]
      %5 = Mul(%3, %4) : f32[2, 3]
      %6 = Sin(%5) : f32[2, 3]
      output out = %6
      ->
      %2 = Exp(y) : f32[3]
      %3 = Mul(%2, 2) : f32[3]
      %4 = Sin(%3) : f32[3]
      %5 = Expand(%4, shape=[2,3]) : f32[2, 3]
      output out = %5"
    `);
  expectUntouched('liftFullExpand', {
    'without Expand': (b, x, y) => b.op('Add', [x, y], {}),
    'not element-wise': (b, x, y) =>
      b.op('ReduceSum', [expandY(b, x, y)], { axes: [0], keepDims: false }),
  });
});
