/** Times the step's matrix products alone, in onnxruntime-node. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { StepMemory } from '../../src/backends/memory.js';
import { loadNative } from '../../src/backends/native.js';
import type { Tensors } from '../../src/backends/runtime.js';
import type { Port } from '../../src/compiler/onnx/encode.js';
import { modelNamed } from '../models.js';
import { productModel } from '../product_model.js';
import { flopsOf, stepProducts } from '../products.js';
import { fillUniform, serve, workerOptions } from './serve.js';

const { model, batchSize, units, threads } = workerOptions();

await tf.setBackend('cpu');
const { gan } = modelNamed(model).build(batchSize, units);
const products = stepProducts(gan, batchSize);
const { bytes, inputs, outputs } = productModel(products);

const runtime = await loadNative(threads);
// Aligned to cache lines, as the step's own memory is: products of unaligned arrays take up to twice as long.
const memory = new StepMemory(
  [...inputs, ...outputs].map(({ value }) => value),
  new Map(),
);
const tensors = (ports: readonly Port[]): Tensors =>
  Object.fromEntries(
    ports.map(({ name, value }) => {
      const elements = memory.view(value);
      fillUniform([elements]);
      return [name, runtime.tensor('float32', elements, value.shape)];
    }),
  );
const bound = await runtime.bind(bytes, tensors(inputs), tensors(outputs));
const gigaflops = (flopsOf(products) / 1e9).toPrecision(3);
await serve(`${runtime.library}, ${gigaflops} GFLOP a step`, async () => {
  await bound.run();
  return [];
});
