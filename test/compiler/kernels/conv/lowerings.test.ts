import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Builder } from '../../../../src/compiler/graph/builder.js';
import * as blocks from '../../../../src/compiler/kernels/conv/blocks.js';
import * as channelsFirst from '../../../../src/compiler/kernels/conv/channels-first.js';
import * as patches from '../../../../src/compiler/kernels/conv/patches.js';
import { convTransposeByPhases } from '../../../../src/compiler/kernels/conv/phases.js';
import * as winograd from '../../../../src/compiler/kernels/conv/winograd.js';
import { simplifiedGraph } from '../../../support/compile.js';
import type { Step } from '../../../../src/compiler/trace/trace.js';
import { encodeOnnx } from '../../../../src/compiler/onnx/encode.js';
import { sizeOf, type Value } from '../../../../src/compiler/graph/value.js';
import { expectClose, native, PROPERTY, randomValues } from '../../oracle.js';

type Four = [number, number, number, number];

/** Each way to say a convolution, whichever the rules would choose for these shapes. */
const LOWERINGS = {
  patches: { ...patches, convTranspose: convTransposeByPhases },
  blocks,
  'channels first': channelsFirst,
  winograd,
};
const ONE_CHANNEL = new Set(['blocks', 'channels first']);

interface Geometry {
  readonly x: Four;
  readonly filter: Four;
  readonly strides: [number, number];
  readonly pad: 'same' | 'valid';
}

const between = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });

/** Images whose sides the strides divide and kernels of at least two elements a phase: what Winograd's tiles need. */
const geometries = (oneChannel: boolean): fc.Arbitrary<Geometry> =>
  fc
    .record({
      batch: between(1, 3),
      phases: fc.tuple(between(3, 6), between(3, 6)),
      strides: fc.tuple(between(1, 2), between(1, 2)),
      taps: fc.tuple(between(2, 3), between(2, 3)),
      channels: fc.tuple(oneChannel ? fc.constant(1) : between(2, 5), between(1, 5)),
      pad: fc.constantFrom('same' as const, 'valid' as const),
    })
    .map(({ batch, phases, strides, taps, channels, pad }): Geometry => ({
      x: [batch, phases[0] * strides[0], phases[1] * strides[1], channels[0]],
      filter: [taps[0] * strides[0], taps[1] * strides[1], ...channels],
      strides,
      pad,
    }));

const backend = await native();

/** Computes a value from inputs [a, b], seeded numbers of these shapes. */
async function run(
  shapes: readonly (readonly number[])[],
  make: (builder: Builder, a: Value, b: Value) => Value,
): Promise<Float32Array> {
  const builder = new Builder();
  const values = shapes.map((shape, k) => builder.input('ab'[k], shape, 'float32'));
  const ports = values.map((value, k) => ({ name: 'ab'[k], value }));
  const value = make(builder, values[0], values[1]);
  const model = await backend.loadModel!(encodeOnnx('test', ports, [{ name: 'y', value }]));
  const { y } = await model.run(
    Object.fromEntries(
      shapes.map((shape, k) => ['ab'[k], { data: randomValues(sizeOf(shape), k), shape }]),
    ),
  );
  await model.dispose();
  return y.data;
}

describe.each(Object.entries(LOWERINGS))('%s', (name, lowering) => {
  it('gives the convolution, and its gradients by the image and by the filter', async () => {
    await tf.setBackend('cpu');
    const check = async (geometry: Geometry): Promise<void> => {
      const { x, filter, strides, pad } = geometry;
      const attributes = {
        strides,
        pad,
        dataFormat: 'NHWC' as const,
        dilations: 1,
        dimRoundingMode: undefined as never,
      };
      const tensor = (shape: Four, k: number): tf.Tensor4D =>
        tf.tensor4d(randomValues(sizeOf(shape), k), shape);
      const y = tf.conv2d(tensor(x, 0), tensor(filter, 1), strides, pad);
      const expectSame = async (
        shapes: readonly Four[],
        make: (builder: Builder, a: Value, b: Value) => Value,
        oracle: tf.Tensor,
        what: string,
      ): Promise<void> =>
        expectClose(
          await run(shapes, make),
          oracle.dataSync(),
          { relative: 1e-5, absolute: 2e-5 },
          `${what} of ${JSON.stringify(geometry)}`,
        );
      await expectSame([x, filter], (b, u, v) => lowering.conv(b, u, v, attributes), y, 'result');
      await expectSame(
        [y.shape, filter],
        (b, u, v) => lowering.convTranspose(b, u, v, x, attributes),
        tf.conv2dTranspose(tensor(y.shape, 0), tensor(filter, 1), x, strides, pad),
        'gradient by the image',
      );
      const dy = tensor(y.shape, 1);
      await expectSame(
        [x, y.shape],
        (b, u, v) => lowering.convFilterGradient(b, u, v, filter, attributes),
        tf.grad((w) => tf.mul(tf.conv2d(tensor(x, 0), w as tf.Tensor4D, strides, pad), dy))(
          tensor(filter, 1),
        ),
        'gradient by the filter',
      );
    };
    await fc.assert(fc.asyncProperty(geometries(ONE_CHANNEL.has(name)), check), {
      ...PROPERTY,
      numRuns: 8 * (PROPERTY.numRuns ?? 1),
    });
  });
});

it('the convolutions of the true discriminator save multiplications by winograd, tiny ones do not', () => {
  const attributes = {
    strides: 2,
    pad: 'same' as const,
    dataFormat: 'NHWC' as const,
    dimRoundingMode: undefined as never,
  };
  expect(winograd.saves([4, 14, 14, 64], [5, 5, 64, 128], attributes)).toBe(true);
  expect(winograd.saves([4, 14, 14, 64], [5, 5, 64, 64], attributes)).toBe(true);
  expect(winograd.saves([4, 14, 14, 2], [5, 5, 2, 2], attributes)).toBe(false);
});

it('decides for large images without making the matrices, which would have 600 million elements', () => {
  const attributes = {
    strides: 1,
    pad: 'same' as const,
    dataFormat: 'NHWC' as const,
    dimRoundingMode: undefined as never,
  };
  expect(winograd.saves([4, 128, 128, 8], [3, 3, 8, 8], attributes)).toBe(false);
  expect(winograd.saves([4, 256, 256, 8], [5, 5, 8, 8], { ...attributes, strides: 2 })).toBe(false);
});

it('traces a convolution of 128 x 128 images with its gradients', () => {
  const filters = [3, 8].map((channels, k) =>
    tf.variable(tf.tensor4d(randomValues(9 * channels * 8, k), [3, 3, channels, 8]), true, `f${k}`),
  );
  const step: Step = ({ x }) => {
    const loss = (): tf.Scalar =>
      tf.mean<tf.Scalar>(filters.reduce((y, f) => tf.conv2d(y, f, 1, 'same'), x as tf.Tensor4D));
    return { loss: tf.train.sgd(0.1).minimize(loss, true)! };
  };
  const graph = simplifiedGraph(step, { inputs: { x: { shape: [2, 128, 128, 3] } } });
  expect(graph.states.map(({ name }) => name)).toEqual(['f0', 'f1']);
  tf.disposeVariables();
});
