import { expect, it } from 'vitest';
import type { Builder } from '../../../src/compiler/graph/builder.js';
import type { Value } from '../../../src/compiler/graph/value.js';
import { expectUntouched, rewritten } from './rewritten.js';

/** [3, 3] */
const square = (b: Builder, x: Value): Value =>
  b.op('Gemm', [x, x], { transA: true, transB: false });

it('biasIntoProduct', async () => {
  const text = await rewritten('biasIntoProduct', (b, x, y) => b.op('Add', [square(b, x), y], {}));
  expect(text).toMatchInlineSnapshot(`
    "%2 = Gemm(x, x, transA=true, transB=false) : f32[3, 3]
    %3 = Add(%2, y) : f32[3, 3]
    %4 = Sin(%3) : f32[3, 3]
    output out = %4
    ->
    %2 = Gemm(x, x, y, transA=true, transB=false) : f32[3, 3]
    %3 = Sin(%2) : f32[3, 3]
    output out = %3"
  `);
  expectUntouched('biasIntoProduct', {
    'a matrix': (b, x) => b.op('Add', [square(b, x), b.op('Exp', [square(b, x)], {})], {}),
    'a column': (b, x, y) =>
      b.op('Add', [square(b, x), b.op('Reshape', [y], { shape: [3, 1] })], {}),
    'a product with a bias already': (b, x, y) => {
      const biased = b.op('Gemm', [x, x, y], { transA: true, transB: false });
      return b.op('Add', [biased, y], {});
    },
    'a product that something else needs': (b, x, y) =>
      b.op('Mul', [b.op('Add', [square(b, x), y], {}), square(b, x)], {}),
  });
});
