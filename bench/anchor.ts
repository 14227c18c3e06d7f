/**
 * The measures of `gan-mnist evaluate` for a dense generator from elsewhere, so that ours can stand beside it: the one that
 * cfcv/GAN_MNIST publishes as its checkpoint after 200 epochs.
 *
 *   npx tsx bench/anchor.ts cfcv-generator.f32 [--per-digit 6000]
 *
 * The file is raw little-endian float32: for each of the three layers its bias and then its kernel [in, out], of 100 -> 128 -> 256 ->
 * 784 units, leaky ReLU with slope 0.01 between them and tanh at the end; z is uniform in [-1, 1).
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import { loadBackend, type Backend } from '../src/backends/index.js';
import { exporter } from '../src/compiler/export.js';
import { loadMnist } from '../src/data/mnist.js';
import type { Random } from '../src/data/random.js';
import { evaluateModels } from '../src/evaluation/evaluate.js';
import { EVALUATION_DEFAULTS } from '../src/evaluation/evaluation.js';
import { evaluationTable } from '../src/commands/evaluation-table.js';
import { denseGenerator } from '../src/gan/dense.js';
import type { Generator } from '../src/runs/generator.js';
import { MNIST_LIKE } from '../src/data/known-set.js';

const LATENT_SIZE = 100;
const CHUNK = 500;

async function main([path, flag, count]: string[]): Promise<void> {
  if (path === undefined || (flag !== undefined && flag !== '--per-digit'))
    throw new Error('usage: npx tsx bench/anchor.ts FILE [--per-digit N]');
  const bytes = readFileSync(path);
  const backend = await loadBackend('native');
  const { evaluation } = await evaluateModels(
    { kind: 'all-digits', generator: await loadAnchor(bytes, backend) },
    {
      ...EVALUATION_DEFAULTS,
      perDigit: Number(count ?? 6000),
    },
    {
      data: loadMnist(),
      backend,
      keptIn: join('outputs', 'classifiers'),
      say: (message) => console.error(message),
    },
  );
  console.error(evaluationTable(evaluation));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  console.log(JSON.stringify({ file: path, sha256, ...evaluation }));
}

async function loadAnchor(bytes: Buffer, backend: Backend): Promise<Generator> {
  const network = denseGenerator({
    latentSize: LATENT_SIZE,
    units: 128,
    leakySlope: 0.01,
    initialisation: 'glorot',
    discriminatorLayers: 'widening',
    shape: MNIST_LIKE.shape,
    classes: 0,
    conditioning: 'projection',
    seed: 1,
  });
  const numbers = new Float32Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
  );
  if (numbers.length !== network.countParams())
    throw new Error(`found ${numbers.length} numbers, expected ${network.countParams()}`);
  const weights = new Map<string, Float32Array>();
  const variables = new Map<tf.Variable, string>();
  let at = 0;
  for (const layer of network.layers) {
    // A layer's weights are kernel and bias, the file has the bias first.
    for (const weight of layer.weights.toReversed()) {
      const variable = weight.read() as tf.Variable;
      variables.set(variable, weight.originalName);
      weights.set(weight.originalName, numbers.slice(at, (at += variable.size)));
    }
  }
  const inputs = { z: { shape: [2, LATENT_SIZE] } };
  const step = ({ z }: Record<string, tf.Tensor>) => ({ images: network.apply(z) as tf.Tensor });
  const model = await backend.loadModel!(exporter('anchor', step, { inputs, variables })(weights));
  const images = async (z: Float32Array): Promise<Float32Array> => {
    const all = new Float32Array((z.length / LATENT_SIZE) * 784);
    for (let from = 0; from < z.length; from += CHUNK * LATENT_SIZE) {
      const data = z.slice(from, from + CHUNK * LATENT_SIZE);
      const shape = [data.length / LATENT_SIZE, LATENT_SIZE];
      const results = await model.run({ z: { data, shape } });
      all.set(results.images.data, (from / LATENT_SIZE) * 784);
    }
    return all;
  };
  const draw = (n: number, random: Random): Promise<Float32Array> => {
    const z = new Float32Array(n * LATENT_SIZE);
    random.uniform(z);
    return images(z);
  };
  return {
    shape: MNIST_LIKE.shape,
    latentSize: LATENT_SIZE,
    classes: 0,
    images,
    draw,
    generate: () => Promise.reject(new Error('the anchor has no samples of its own')),
    dispose: () => model.dispose(),
  };
}

await main(process.argv.slice(2));
