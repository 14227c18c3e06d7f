/**
 * Trains the judges of MNIST that are in the package, `models/judge` and `models/second-judge`, on its 60,000 training images.
 * On WebAssembly, whose bits depend neither on the processor nor on the threads: the same bytes come out on any machine.
 *
 *   npm run make:judge
 */
import { rmSync } from 'node:fs';
import { loadBackend } from '../src/backends/index.js';
import { PACKAGED_JUDGES, trainAndKeep } from '../src/classifier/kept.js';
import { CLASSIFIER_TRAINING, SECOND_JUDGE_TRAINING } from '../src/classifier/options.js';
import { loadMnist } from '../src/data/mnist.js';

const mnist = loadMnist();
const backend = await loadBackend('wasm');
for (const [folder, options] of [
  [PACKAGED_JUDGES.first, CLASSIFIER_TRAINING],
  [PACKAGED_JUDGES.second, SECOND_JUDGE_TRAINING],
] as const) {
  rmSync(folder, { recursive: true, force: true });
  const recipe = { options, images: mnist.train.count, data: mnist.digests };
  const context = {
    mnist,
    backend,
    withOnnx: false,
    say: console.log,
    warn: console.warn,
    watcher: {
      epochDone: ({ epoch, loss }: { epoch: number; loss: number }) =>
        console.log(`epoch ${epoch}: loss ${loss.toFixed(4)}`),
    },
  };
  const { model, description } = await trainAndKeep(context, recipe, folder);
  model.dispose();
  console.log(`${folder}: ${JSON.stringify(description.files)}`);
}
