/** Times the step's matrix products alone, in onnxruntime-node. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { loadNative } from '../../src/backends/onnxruntime-node.js';
import type { Tensors } from '../../src/backends/runtime.js';
import { sizeOf } from '../../src/compiler/graph/value.js';
import type { Port } from '../../src/compiler/onnx/encode.js';
import { modelNamed } from '../models.js';
import { productModel } from '../product_model.js';
import { flopsOf, stepProducts } from '../products.js';
import { fillUniform, serve, workerOptions } from './serve.js';

const { model, batchSize, units, threads } = workerOptions();

await tf.setBackend('cpu');
const timed = modelNamed(model);
const products = stepProducts(
  timed.build(batchSize, units).gan,
  batchSize,
  timed.judgedPerImage * batchSize,
);
const { bytes, inputs, outputs } = productModel(products);

const runtime = await loadNative(threads);
// Aligned to cache lines, as the step's own memory is: products of unaligned arrays take up to twice as long.
const LINE_BYTES = 64;
const lines = ({ value }: Port): number => Math.ceil((4 * sizeOf(value.shape)) / LINE_BYTES);
const all = [...inputs, ...outputs].reduce((sum, port) => sum + lines(port), 0);
const memory = new WebAssembly.Memory({ initial: Math.ceil((all * LINE_BYTES) / 65_536) });
let top = 0;
const place = (port: Port): Float32Array => {
  const elements = new Float32Array(memory.buffer, top * LINE_BYTES, sizeOf(port.value.shape));
  top += lines(port);
  return elements;
};
const tensors = (ports: readonly Port[]): Tensors =>
  Object.fromEntries(
    ports.map((port) => {
      const elements = place(port);
      fillUniform([elements]);
      return [port.name, runtime.tensor('float32', elements, port.value.shape)];
    }),
  );
const bound = await runtime.bind(bytes, tensors(inputs), tensors(outputs));
const gigaflops = (flopsOf(products) / 1e9).toPrecision(3);
await serve(`${runtime.library}, ${gigaflops} GFLOP a step`, async () => {
  await bound.run();
  return [];
});
