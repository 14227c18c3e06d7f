/**
 * How well a run's generator can draw real test images that it has never seen: the error of `gan-mnist project`, beside that of the nearest of the
 * 60,000 training images.
 *
 *   npx tsx bench/projection.ts RUN [IMAGES]
 */
import { loadBackend } from '../src/backends/index.js';
import { pixelsOf } from '../src/data/image-set.js';
import { loadMnist } from '../src/data/mnist.js';
import { estimateOf } from '../src/evaluation/figures.js';
import { nearestImage } from '../src/projection/nearest-image.js';
import { Projector } from '../src/projection/projector.js';

const [run, count = '100'] = process.argv.slice(2);
if (run === undefined) throw new Error('usage: npx tsx bench/projection.ts RUN [IMAGES]');
const mnist = loadMnist();
const backend = await loadBackend('auto');
await using projector = await Projector.create(run, backend);
const own: number[] = [];
const nearest: number[] = [];
let asItself = 0;
const startedAt = performance.now();
for (let k = 0; k < Number(count); k++) {
  const target = Float32Array.from(pixelsOf(mnist.test, k, 1), (value) => value / 127.5 - 1);
  const { error, label } = await projector.project(target);
  own.push(error);
  if (label === mnist.test.labels[k]) asItself++;
  nearest.push(nearestImage(mnist.train, target).error);
}
const seconds = (performance.now() - startedAt) / 1000;
console.log(
  JSON.stringify({
    run,
    images: Number(count),
    error: estimateOf(own),
    nearestTrainingImage: estimateOf(nearest),
    betterThanIt: own.filter((error, k) => error < nearest[k]).length,
    askedForAsItself: asItself,
    secondsEach: seconds / Number(count),
    library: backend.library,
  }),
);
