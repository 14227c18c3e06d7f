import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadBackend, type Backend } from '../../src/backends/index.js';
import { keptClassifier, type KeptClassifier } from '../../src/classifier/kept.js';
import { pixelsOf } from '../../src/data/image-set.js';
import { loadMnist } from '../../src/data/mnist.js';
import { firstImages, sliceOf } from '../../src/data/parts.js';
import { Random } from '../../src/data/random.js';
import { shareRecognised } from '../../src/evaluation/measures.js';
import { MEASURED_IMAGES, REAL_LEVELS } from '../../src/evaluation/real-levels.js';
import { RunningMeasure } from '../../src/evaluation/running-measure.js';
import { FASTEST } from '../support/backends.js';

const mnist = loadMnist();
const scaled = (images: Uint8Array): Float32Array =>
  Float32Array.from(images, (value) => value / 127.5 - 1);

let backend: Backend;
let kept: KeptClassifier;
let measure: RunningMeasure;
beforeAll(async () => {
  backend = await loadBackend(FASTEST, 1);
  kept = await keptClassifier({ mnist, backend, keptIn: 'nowhere' });
  measure = (await RunningMeasure.create(mnist.train, kept.classifier, backend, true))!;
});
afterAll(async () => {
  await measure.dispose();
  await kept.classifier.dispose();
});

describe('what is measured while a run trains', () => {
  it('finds other training images as good as they are', async () => {
    const others = sliceOf(mnist.train, MEASURED_IMAGES, MEASURED_IMAGES);
    const found = await measure.measure(scaled(pixelsOf(others)), others.labels);
    expect(found.recognised).toBeGreaterThan(0.99);
    expect(found.coverage).toBeCloseTo(REAL_LEVELS.coverage, 3);
    expect(found.density).toBeGreaterThan(0.9);
    expect(found.rarest).toBeGreaterThan(0.08);
    expect(found.mostFrequent).toBeLessThan(0.13);
    expect(found.frechet).toBeLessThan(6);
    const test = await kept.classifier.classify(pixelsOf(mnist.test));
    expect(shareRecognised(test)).toBeCloseTo(REAL_LEVELS.sure, 3);
    expect(shareRecognised(test, mnist.test.labels)).toBeCloseTo(REAL_LEVELS.accuracy, 3);
  });

  it('finds noise far away, and one image again and again narrow', async () => {
    const noise = new Float32Array(500 * 784);
    new Random(1, 'noise').uniform(noise);
    const ofNoise = await measure.measure(noise);
    expect(ofNoise.coverage).toBeLessThan(0.04);
    expect(ofNoise.frechet).toBeGreaterThan(100 * 6);
    const one = scaled(pixelsOf(mnist.train, 0, 1));
    const same = Float32Array.from({ length: 500 * 784 }, (_, i) => one[i % 784]);
    const ofSame = await measure.measure(same, new Uint8Array(500).fill(mnist.train.labels[0]));
    expect(ofSame.recognised).toBe(1);
    expect(ofSame.coverage).toBeLessThan(0.02);
    expect([ofSame.rarest, ofSame.mostFrequent]).toEqual([0, 1]);
    expect(ofSame.frechet).toBeGreaterThan(20 * 6);
  });

  it('needs images that have neighbours', async () => {
    const few = firstImages(mnist.train, 5);
    expect(await RunningMeasure.create(few, kept.classifier, backend, true)).toBeUndefined();
  });
});
