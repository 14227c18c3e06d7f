/** Times a step on one of this project's backends, or eagerly in TensorFlow.js where that is a peer. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { loadEager } from '../../src/backends/eager.js';
import { compile } from '../../src/compiler/compile.js';
import { EAGER } from '../../src/compiler/target.js';
import { loadBackend, type Executable } from '../../src/backends/index.js';
import { Random } from '../../src/data/random.js';
import { modelNamed } from '../models.js';
import { usualStep } from '../usual_step.js';
import { fillInputs, serve, workerOptions } from './serve.js';

const { model, batchSize, units, threads, variant } = workerOptions();

const random = new Random(1, 'step');
await tf.setBackend('cpu');
const { executable, library } = await prepare();
fillInputs(executable.inputs);
await serve(library, async () => {
  const { discriminatorLoss, generatorLoss } = await executable.run();
  return [discriminatorLoss[0], generatorLoss[0]];
});

async function prepare(): Promise<{ executable: Executable; library: string }> {
  if (variant === 'tfjs-node') {
    const { library } = await loadBackend('tensorflow');
    await tf.setBackend('tensorflow');
    const { gan, inputs } = modelNamed(model).build(batchSize, units);
    const compiled = compile(usualStep(gan), EAGER, { inputs });
    return { executable: await loadEager('tensorflow', compiled), library };
  }
  if (variant === 'tfjs-wasm') {
    const { version_wasm } = await import('@tensorflow/tfjs-backend-wasm');
    await tf.setBackend('wasm');
    const { step, ...options } = modelNamed(model).build(batchSize, units);
    const executable = await loadEager('wasm', compile(step, EAGER, options), { random });
    return { executable, library: `@tensorflow/tfjs-backend-wasm ${version_wasm}` };
  }
  const backend = await loadBackend(variant, threads);
  const { step, ...options } = modelNamed(model).build(batchSize, units);
  const executable = await backend.load(compile(step, backend.target, options), { random });
  return { executable, library: backend.library };
}
