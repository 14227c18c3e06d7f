import { expect, test } from 'vitest';
import * as library from '../../src/compiler-entry.js';
import { loadMnist, runOptions } from '../../src/index.js';

test('gan-mnist/compiler builds, compiles and runs a step', async () => {
  const options = runOptions({
    units: 8,
    latentSize: 4,
    batchSize: 5,
    initialisation: 'normal',
  });
  const gan = library.buildGan(options, loadMnist());
  const adam = { learningRate: 0.001, beta1: 0.5 };
  const { step, variables } = library.ganStep(gan, {
    generator: adam,
    discriminator: adam,
    labelSmoothing: 0,
  });
  const backend = await library.loadBackend('wasm', 1);
  const executable = await backend.load(
    library.compile(step, backend.target, {
      inputs: {
        real: { shape: [5, 784] },
        z: { shape: [5, 4] },
        labels: { shape: [5, gan.classes] },
      },
      variables,
    }),
  );
  new library.Random(1, 'z').uniform(executable.inputs.z as Float32Array);
  const { discriminatorLoss, generatorLoss } = await executable.run();
  // Untrained networks give logits near 0, so losses near 2 log 2 and log 2.
  expect(discriminatorLoss[0]).toBeCloseTo(2 * Math.LN2, 2);
  expect(generatorLoss[0]).toBeCloseTo(Math.LN2, 2);
  await executable.dispose();
});
