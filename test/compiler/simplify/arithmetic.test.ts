import { expect, it } from 'vitest';
import type { Builder } from '../../../src/compiler/graph/builder.js';
import type { Value } from '../../../src/compiler/graph/value.js';
import { expectUntouched, rewritten } from './rewritten.js';

it('dropNeutral', async () => {
  const text = await rewritten('dropNeutral', (b, x) => {
    const same = b.op(
      'Div',
      [b.op('Sub', [b.op('Add', [b.scalar(0), x], {}), b.scalar(0)], {}), b.scalar(1)],
      {},
    );
    return b.op('Mul', [b.scalar(-1), b.op('Mul', [same, b.scalar(1)], {})], {});
  });
  expect(text).toMatchInlineSnapshot(`
      "%2 = Add(0, x) : f32[2, 3]
      %3 = Sub(%2, 0) : f32[2, 3]
      %4 = Div(%3, 1) : f32[2, 3]
      %5 = Mul(%4, 1) : f32[2, 3]
      %6 = Mul(-1, %5) : f32[2, 3]
      %7 = Sin(%6) : f32[2, 3]
      output out = %7
      ->
      %2 = Neg(x) : f32[2, 3]
      %3 = Sin(%2) : f32[2, 3]
      output out = %3"
    `);
  expectUntouched('dropNeutral', {
    '0 - x': (b, x) => b.op('Sub', [b.scalar(0), x], {}),
    '1 / x': (b, x) => b.op('Div', [b.scalar(1), x], {}),
    'x * 0': (b, x) => b.op('Mul', [x, b.scalar(0)], {}),
    'x + 1': (b, x) => b.op('Add', [x, b.scalar(1)], {}),
    'a one of more axes': (b, _x, y) =>
      b.op('Mul', [y, b.constant(Float32Array.of(1), [1, 1], 'float32')], {}),
  });
});

it('scalarOfFullRank', async () => {
  const column = (b: Builder, x: Value) => b.op('Reshape', [x], { shape: [3, 2, 1] });
  const text = await rewritten('scalarOfFullRank', (b, x) =>
    b.op('Sub', [b.op('Mul', [column(b, b.op('Sin', [x], {})), b.scalar(2)], {}), b.scalar(3)], {}),
  );
  expect(text).toMatchInlineSnapshot(`
    "%2 = Sin(x) : f32[2, 3]
    %3 = Reshape(%2, shape=[3,2,1]) : f32[3, 2, 1]
    %4 = Mul(%3, 2) : f32[3, 2, 1]
    %5 = Sub(%4, 3) : f32[3, 2, 1]
    %6 = Sin(%5) : f32[3, 2, 1]
    output out = %6
    ->
    %2 = Sin(x) : f32[2, 3]
    %3 = Reshape(%2, shape=[3,2,1]) : f32[3, 2, 1]
    %4 = Mul(%3, 2 [1, 1, 1]) : f32[3, 2, 1]
    %5 = Sub(%4, 3 [1, 1, 1]) : f32[3, 2, 1]
    %6 = Sin(%5) : f32[3, 2, 1]
    output out = %6"
  `);
  expectUntouched('scalarOfFullRank', {
    'x * 2, whose last axis is longer': (b, x) => b.op('Mul', [x, b.scalar(2)], {}),
    'a number of as many axes': (b, x) =>
      b.op('Mul', [column(b, x), b.constant(Float32Array.of(2), [1, 1, 1], 'float32')], {}),
  });
});
