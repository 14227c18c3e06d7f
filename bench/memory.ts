/**
 * Memory over a long run: resident megabytes and tensors each 1,000 steps, and whether the last are within 5% of the
 * first, without a tensor more.
 *
 *   npm run bench:memory -- [steps, 10000] [backend, auto] [dense | conv]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs-core';
import { loadBackend } from '../src/backends/index.js';
import { loadMnist } from '../src/data/mnist.js';
import { runOptions } from '../src/gan/options.js';
import { train } from '../src/training/train.js';

const EVERY = 1000;
const STEPS_PER_EPOCH = 100;
const ALLOWED_GROWTH = 0.05;
const steps = Number(process.argv[2] ?? 10_000);
const backend = await loadBackend(process.argv[3] ?? 'auto', 1);
const model = process.argv[4] ?? 'dense';
/** Few filters: what a step leaves behind does not depend on their number. */
const sizes = model === 'conv' ? { batchSize: 16, filters: 4 } : { batchSize: 100 };
const options = runOptions({
  model,
  ...sizes,
  epochs: steps / STEPS_PER_EPOCH,
  limit: STEPS_PER_EPOCH * sizes.batchSize,
});

// What is garbage already is not what a run holds: it comes and goes by a twentieth of the whole.
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const outputs = mkdtempSync(join(tmpdir(), 'gan-mnist-memory-'));
const seen: { step: number; megabytes: number; tensors: number }[] = [];
const stepped = (at: { epoch: number; step: number }): void => {
  const step = (at.epoch - 1) * STEPS_PER_EPOCH + at.step;
  if (step % EVERY !== 0) return;
  collectGarbage();
  const megabytes = Math.round(process.memoryUsage.rss() / 2 ** 20);
  seen.push({ step, megabytes, tensors: tf.memory().numTensors });
  console.log(`step ${step}: ${megabytes} MB resident, ${tf.memory().numTensors} tensors`);
};
try {
  await train(
    { options, outputs },
    { mnist: loadMnist(), backend, followers: [{ step: stepped }] },
  );
} finally {
  rmSync(outputs, { recursive: true });
}
const [first, last] = [seen[0], seen.at(-1)!];
const growth = last.megabytes / first.megabytes - 1;
console.log(`${model}: growth ${(100 * growth).toFixed(1)}% on ${backend.library}`);
process.exitCode = growth <= ALLOWED_GROWTH && last.tensors === first.tensors ? 0 : 1;
