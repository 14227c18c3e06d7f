import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../../src/backends/backend.js';
import { KERNELS } from '../../../src/compiler/kernels/index.js';
import type { InputSpec } from '../../../src/compiler/trace/trace.js';
import {
  CLOSE,
  expectClose,
  native,
  onnxWeb,
  outcome,
  PROPERTY,
  wasm,
  type Built,
} from '../oracle.js';
import type { KernelCase, TensorCase } from './cases.js';
import { ENTRIES } from './entries.js';

/** Those of which some cases, as whole numbers, are computed by onnxruntime-web. */
const NOT_GENERATED = new Set(['BatchMatMul', '_FusedMatMul', 'Pow']);

/** Calls of the kernel that share a compiled step: tracing and loading cost more than they do. */
const CASES_A_STEP = 8;

it('has an entry for every kernel rule and a rule for every entry', () => {
  expect(Object.keys(ENTRIES).sort()).toEqual(Object.keys(KERNELS).sort());
});

describe('each kernel rule gives what the kernel of TensorFlow.js gives', async () => {
  const backend = await native();
  it.each(Object.keys(ENTRIES))('%s', (kernel) => checkKernel(backend, kernel));
});

describe('so it does on onnxruntime-web', async () => {
  const backend = await onnxWeb();
  it.each(['Conv2DBackpropInput', 'FusedConv2D', '_FusedMatMul', 'ArgMax', 'Select', 'Mean'])(
    '%s',
    (kernel) => checkKernel(backend, kernel),
  );
});

describe('so it does in generated WebAssembly', async () => {
  const backend = await wasm();
  const generating: Backend = {
    ...backend,
    load(compiled, options) {
      const stages = compiled.kind === 'compiled' ? compiled.stages : [];
      expect(stages.map(({ kind }) => kind)).toEqual(['wasm']);
      return backend.load(compiled, options);
    },
  };
  it.each(Object.keys(ENTRIES))('%s', (kernel) =>
    checkKernel(NOT_GENERATED.has(kernel) ? backend : generating, kernel),
  );
});

it('gives zeros for an image whose only pixel no window of a convolution meets', async () => {
  const [dy, filter] = [
    [1, 3, 2, 1],
    [1, 1, 1, 1],
  ].map((shape) => ({ shape, dtype: 'float32' as const, values: Array<number>(6).fill(1) }));
  const attributes = {
    strides: [1, 2],
    pad: 1,
    dataFormat: 'NHWC',
    dimRoundingMode: 'floor',
    dilations: [1, 1],
    inputShape: [1, 1, 1, 1],
  };
  const call = {
    inputs: { dy, filter: { ...filter, values: [1] } },
    attributes,
  };
  const { outputs } = await results(await native(), 'Conv2DBackpropInput', [call]);
  expect(Object.values(outputs).map((values) => [...(values as Float32Array)])).toEqual([[0]]);
});

async function checkKernel(backend: Backend, kernel: string): Promise<void> {
  const { cases, tolerance = CLOSE } = ENTRIES[kernel];
  const several = fc.array(cases, { minLength: CASES_A_STEP, maxLength: CASES_A_STEP });
  await fc.assert(
    fc.asyncProperty(several, async (calls) => {
      const expected = await results(undefined, kernel, calls);
      const actual = await results(backend, kernel, calls);
      expect(actual.types).toEqual(expected.types);
      for (const [name, values] of Object.entries(expected.outputs))
        expectClose(actual.outputs[name], values, tolerance, `${kernel} ${name}`);
    }),
    PROPERTY,
  );
}

/** The calls' results, and their types as TensorFlow.js knows them, on a backend or on the oracle. */
async function results(
  backend: Backend | undefined,
  kernel: string,
  calls: readonly KernelCase[],
): Promise<{ outputs: Record<string, ArrayLike<number>>; types: string[] }> {
  const tensors = Object.fromEntries(
    calls.flatMap(({ inputs }, k) =>
      Object.entries(inputs as Record<string, TensorCase>).map(([name, x]) => [
        `${name} of ${k}`,
        x,
      ]),
    ),
  );
  const specs: Record<string, InputSpec> = {
    least: { shape: [] },
    leastInteger: { shape: [], dtype: 'int32' },
  };
  for (const [name, { shape, dtype }] of Object.entries(tensors))
    specs[name] = { shape, dtype: dtype === 'bool' ? 'int32' : dtype };
  let types: string[] = [];
  const build = (): Built => ({
    step: (given) => {
      types = [];
      const outputs: Record<string, tf.Tensor> = {};
      calls.forEach(({ inputs, attributes }, k) => {
        const operand = (name: string, { dtype }: TensorCase): tf.Tensor =>
          tf.cast(given[`${name} of ${k}`], dtype);
        const operands = Array.isArray(inputs)
          ? inputs.map((x, j) => operand(String(j), x as TensorCase))
          : Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, operand(name, x)]));
        const result: tf.Tensor | tf.Tensor[] = tf
          .engine()
          .runKernel(kernel, operands as unknown as tf.NamedTensorMap, attributes as never);
        [result].flat().forEach((x, j) => {
          types.push(`${x.dtype}[${x.shape.join(', ')}]`);
          outputs[`result ${j} of call ${k}`] = computed(x, given);
        });
      });
      return outputs;
    },
  });
  const feed = Object.fromEntries(
    Object.entries(tensors).map(([name, { values }]) => [name, values]),
  );
  const { outputs } = await outcome(backend, build, specs, [
    { ...feed, least: [-Infinity], leastInteger: [-(2 ** 31)] },
  ]);
  return { outputs: outputs[0], types };
}

/** The same values, of the same type, as something that a step computes: an output must be, and some kernels do nothing. */
function computed(x: tf.Tensor, { least, leastInteger }: Record<string, tf.Tensor>): tf.Tensor {
  if (x.dtype === 'float32') return tf.maximum(x, least);
  if (x.dtype === 'int32') return tf.maximum(x, leastInteger);
  return tf.logicalOr(x, tf.greater(leastInteger, tf.scalar(0, 'int32')));
}
