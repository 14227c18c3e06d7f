import { expect, it } from 'vitest';
import { expectUntouched, rewritten } from './rewritten.js';

it('foldConstants', async () => {
  const text = await rewritten('foldConstants', (b, x) =>
    b.op('Mul', [x, b.op('Sqrt', [b.op('Sub', [b.scalar(1), b.scalar(0.75)], {})], {})], {}),
  );
  expect(text).toMatchInlineSnapshot(`
      "%2 = Sub(1, 0.75) : f32[]
      %3 = Sqrt(%2) : f32[]
      %4 = Mul(x, %3) : f32[2, 3]
      %5 = Sin(%4) : f32[2, 3]
      output out = %5
      ->
      %2 = Mul(x, 0.5) : f32[2, 3]
      %3 = Sin(%2) : f32[2, 3]
      output out = %3"
    `);
  expectUntouched('foldConstants', {
    'an op without a fold': (b, x) => b.op('Add', [x, b.op('Tanh', [b.scalar(1)], {})], {}),
    'arrays of several shapes': (b, x) =>
      b.op(
        'Add',
        [
          x,
          b.op(
            'Add',
            [
              b.constant(Float32Array.of(1, 2, 3), [3], 'float32'),
              b.constant(Float32Array.of(4, 5), [2, 1], 'float32'),
            ],
            {},
          ),
        ],
        {},
      ),
    'something unknown': (b, x) => b.op('Add', [x, b.scalar(1)], {}),
  });
});

it('foldConstants, of arrays', async () => {
  const text = await rewritten('foldConstants', (b, x) => {
    const weights = b.constant(Float32Array.of(1, 2, 4), [3], 'float32');
    return b.op('Mul', [x, b.op('Div', [b.scalar(1), weights], {})], {});
  });
  expect(text).toMatchInlineSnapshot(`
    "%2 = Div(1, constant f32[3]) : f32[3]
    %3 = Mul(x, %2) : f32[2, 3]
    %4 = Sin(%3) : f32[2, 3]
    output out = %4
    ->
    %2 = Mul(x, constant f32[3]) : f32[2, 3]
    %3 = Sin(%2) : f32[2, 3]
    output out = %3"
  `);
});

it('joinConstants', async () => {
  const text = await rewritten('joinConstants', (b, x) =>
    b.op('Mul', [x, b.op('Concat', [b.filled(0.9, [1, 1]), b.filled(0, [1, 1])], { axis: 0 })], {}),
  );
  expect(text).toMatchInlineSnapshot(`
      "%2 = Expand(0.8999999761581421, shape=[1,1]) : f32[1, 1]
      %3 = Expand(0, shape=[1,1]) : f32[1, 1]
      %4 = Concat(%2, %3, axis=0) : f32[2, 1]
      %5 = Mul(x, %4) : f32[2, 3]
      %6 = Sin(%5) : f32[2, 3]
      output out = %6
      ->
      %2 = Mul(x, constant f32[2, 1]) : f32[2, 3]
      %3 = Sin(%2) : f32[2, 3]
      output out = %3"
    `);
  expectUntouched('joinConstants', {
    'along another axis': (b, x) =>
      b.op(
        'Mul',
        [x, b.op('Concat', [b.filled(0.9, [1, 1]), b.filled(0, [1, 2])], { axis: 1 })],
        {},
      ),
    'something unknown': (b, x) => b.op('Concat', [x, b.filled(0, [1, 3])], { axis: 0 }),
    'a large one': (b) =>
      b.op('Concat', [b.filled(0, [4000, 1]), b.filled(1, [97, 1])], { axis: 0 }),
  });
});
