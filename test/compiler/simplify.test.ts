import { describe, expect, it } from 'vitest';
import { Builder } from '../../src/compiler/builder.js';
import { printGraph, verify, type Graph } from '../../src/compiler/graph.js';
import { encodeOnnx } from '../../src/compiler/onnx/encode.js';
import { REWRITES, simplify } from '../../src/compiler/simplify.js';
import type { Value } from '../../src/compiler/value.js';
import { CLOSE, expectClose, native, randomValues } from './oracle.js';

/** Makes a value from x [2, 3] and y [3]. */
type Make = (b: Builder, x: Value, y: Value) => Value;

const backend = await native();
const tested = new Set<string>();

function graphOf(make: Make): { graph: Graph; builder: Builder } {
  const builder = new Builder();
  const x = builder.input('x', [2, 3], 'float32');
  const y = builder.input('y', [3], 'float32');
  // The sine is there to be computed, whatever is left of its operand.
  const out = builder.op('Sin', [make(builder, x, y)], {});
  return {
    graph: verify({ inputs: [x, y], states: [], outputs: new Map([['out', out]]) }, 'test'),
    builder,
  };
}

async function run({ inputs, outputs }: Graph): Promise<Float32Array> {
  const bytes = encodeOnnx(
    'test',
    inputs.map((value, k) => ({ name: 'xy'[k], value })),
    [...outputs].map(([name, value]) => ({ name, value })),
  );
  const model = await backend.loadModel!(bytes);
  const results = await model.run({
    x: { data: randomValues(6, 1), shape: [2, 3] },
    y: { data: randomValues(3, 2), shape: [3] },
  });
  await model.dispose();
  return results.out.data;
}

const body = (graph: Graph): string => printGraph(graph).split('\n').slice(2).join('\n');

/** What one rewrite alone makes of a graph, as text; it must compute the same. */
async function rewritten(name: string, make: Make): Promise<string> {
  tested.add(name);
  const { graph, builder } = graphOf(make);
  const simple = simplify(graph, builder, { [name]: REWRITES[name] });
  expectClose(await run(simple), await run(graph), CLOSE, name);
  return `${body(graph)}\n->\n${body(simple)}`;
}

/** That a rewrite leaves these graphs alone. */
function expectUntouched(name: string, makes: Record<string, Make>): void {
  for (const [what, make] of Object.entries(makes)) {
    const { graph, builder } = graphOf(make);
    expect(body(simplify(graph, builder, { [name]: REWRITES[name] })), what).toBe(body(graph));
  }
}

const expandY: Make = (b, _x, y) => b.op('Expand', [y], { shape: [2, 3] });

describe('rewrites', () => {
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
      'more than one element': (b, x) =>
        b.op(
          'Add',
          [x, b.op('Neg', [b.constant(Float32Array.of(1, 2, 3), [3], 'float32')], {})],
          {},
        ),
      'something unknown': (b, x) => b.op('Add', [x, b.scalar(1)], {}),
    });
  });

  it('joinConstants', async () => {
    const text = await rewritten('joinConstants', (b, x) =>
      b.op(
        'Mul',
        [x, b.op('Concat', [b.filled(0.9, [1, 1]), b.filled(0, [1, 1])], { axis: 0 })],
        {},
      ),
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
      'no activation of the operand': (b, x) =>
        b.op('Mul', [b.op('Tanh', [x], {}), slope(b, x)], {}),
      'a slope that turns the sign': (b, x) =>
        b.op('Mul', [b.op('LeakyRelu', [x], { alpha: -0.2 }), slope(b, x)], {}),
      'another threshold': (b, x) => {
        const above = b.op('Greater', [x, b.scalar(1)], {});
        return b.op('Where', [above, x, b.op('Relu', [x], {})], {});
      },
    });
  });

  it('are all tested', () => {
    expect([...tested].sort()).toEqual(Object.keys(REWRITES).sort());
  });
});
