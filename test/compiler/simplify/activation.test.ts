import { expect, it } from 'vitest';
import type { Builder } from '../../../src/compiler/graph/builder.js';
import type { Value } from '../../../src/compiler/graph/value.js';
import { expectUntouched, rewritten } from './rewritten.js';

it('slopeFromActivation', async () => {
  const slope = (b: Builder, x: Value): Value =>
    b.op('Where', [b.op('Greater', [x, b.scalar(0)], {}), b.scalar(1), b.scalar(0.2)], {});
  const text = await rewritten('slopeFromActivation', (b, x) =>
    b.op('Mul', [b.op('LeakyRelu', [x], { alpha: 0.2 }), slope(b, x)], {}),
  );
  expect(text).toMatchInlineSnapshot(`
      "%2 = LeakyRelu(x, alpha=0.2) : f32[2, 3]
      %3 = Greater(x, 0) : bool[2, 3]
      %4 = Where(%3, 1, 0.20000000298023224) : f32[2, 3]
      %5 = Mul(%2, %4) : f32[2, 3]
      %6 = Sin(%5) : f32[2, 3]
      output out = %6
      ->
      %2 = LeakyRelu(x, alpha=0.2) : f32[2, 3]
      %3 = Greater(%2, 0) : bool[2, 3]
      %4 = Where(%3, 1, 0.20000000298023224) : f32[2, 3]
      %5 = Mul(%2, %4) : f32[2, 3]
      %6 = Sin(%5) : f32[2, 3]
      output out = %6"
    `);
  expectUntouched('slopeFromActivation', {
    'no activation of the operand': (b, x) => b.op('Mul', [b.op('Tanh', [x], {}), slope(b, x)], {}),
    'a slope that turns the sign': (b, x) =>
      b.op('Mul', [b.op('LeakyRelu', [x], { alpha: -0.2 }), slope(b, x)], {}),
    'another threshold': (b, x) => {
      const above = b.op('Greater', [x, b.scalar(1)], {});
      return b.op('Where', [above, x, b.op('Relu', [x], {})], {});
    },
  });
});

it('slopeByClip', async () => {
  const gradient = (b: Builder, x: Value, dy: Value, slope: number, threshold = 0): Value =>
    b.op(
      'Where',
      [b.op('Greater', [x, b.scalar(threshold)], {}), dy, b.op('Mul', [dy, b.scalar(slope)], {})],
      {},
    );
  const text = await rewritten('slopeByClip', (b, x, y) =>
    gradient(b, x, b.op('Sub', [x, y], {}), 0.2),
  );
  expect(text).toMatchInlineSnapshot(`
    "%2 = Greater(x, 0) : bool[2, 3]
    %3 = Sub(x, y) : f32[2, 3]
    %4 = Mul(%3, 0.20000000298023224) : f32[2, 3]
    %5 = Where(%2, %3, %4) : f32[2, 3]
    %6 = Sin(%5) : f32[2, 3]
    output out = %6
    ->
    %2 = Sub(x, y) : f32[2, 3]
    %3 = Mul(x, 9.999999680285692e+37) : f32[2, 3]
    %4 = Clip(%3, min=0.20000000298023224, max=1) : f32[2, 3]
    %5 = Mul(%2, %4) : f32[2, 3]
    %6 = Sin(%5) : f32[2, 3]
    output out = %6"
  `);
  expectUntouched('slopeByClip', {
    'a slope above one': (b, x) => gradient(b, x, b.op('Exp', [x], {}), 1.5),
    'a slope below zero': (b, x) => gradient(b, x, b.op('Exp', [x], {}), -0.1),
    'another threshold': (b, x) => gradient(b, x, b.op('Exp', [x], {}), 0.2, 1),
    'a row of slopes': (b, x, y) => gradient(b, y, x, 0.2),
    'something else above': (b, x) => {
      const above = b.op('Greater', [x, b.scalar(0)], {});
      return b.op('Where', [above, x, b.op('Mul', [b.op('Exp', [x], {}), b.scalar(0.2)], {})], {});
    },
  });
});
