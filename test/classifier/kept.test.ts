import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadBackend, type Backend } from '../../src/backends/index.js';
import { pixelsOf } from '../../src/data/image-set.js';
import { loadMnist } from '../../src/data/mnist.js';
import { firstImages } from '../../src/data/parts.js';
import { UserError } from '../../src/errors.js';
import { CLASSIFIER_TRAINING } from '../../src/classifier/options.js';
import { keptClassifier } from '../../src/classifier/kept.js';
import { FASTEST } from '../support/backends.js';

const whole = loadMnist();
const mnist = {
  ...whole,
  digests: whole.digests,
  test: firstImages(whole.test, 500),
};
const options = { ...CLASSIFIER_TRAINING, epochs: 1, batchSize: 50 };

let folder: string;
let backend: Backend;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gan-mnist-'));
  backend = await loadBackend(FASTEST, 1);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The classifier, and what was said and done on the way. */
async function keep(images = 300) {
  const events: string[] = [];
  const kept = await keptClassifier(
    {
      mnist,
      backend,
      keptIn: folder,
      say: (message) => events.push(message.split(' ').slice(0, 3).join(' ')),
      warn: (message) => events.push(message),
      watcher: { epochDone: () => events.push('epoch') },
    },
    images,
    options,
  );
  const { confidences } = await kept.classifier.classify(pixelsOf(mnist.test));
  await kept.classifier.dispose();
  return { ...kept, events, confidences };
}

describe('a kept classifier', () => {
  it('is trained once, and then read', async () => {
    const first = await keep();
    expect(first.events).toHaveLength(3);
    expect(first.events[0]).toBe('training a classifier');
    const second = await keep();
    expect(second.events).toEqual([]);
    expect(second.confidences).toEqual(first.confidences);
    expect(second.description).toEqual(first.description);
    expect(readdirSync(first.folder).toSorted()).toEqual([
      'classifier.json',
      'classifier.onnx',
      'model.json',
      'weights.bin',
    ]);
    expect(first.description).toMatchObject({
      options,
      images: 300,
      testImages: 500,
      data: whole.digests,
    });
    expect(first.description.testAccuracy).toBeGreaterThan(0.2);
  });

  it('is another one for other images', async () => {
    expect((await keep(200)).folder).not.toBe((await keep()).folder);
  });

  it.each<[string, string, (path: string) => void]>([
    ['cut weights', 'weights.bin', (path) => writeFileSync(path, readFileSync(path).subarray(9))],
    ['a missing file', 'model.json', (path) => rmSync(path)],
    ['a changed byte', 'classifier.onnx', (path) => writeFileSync(path, 'x')],
    ['a description that is not JSON', 'classifier.json', (path) => writeFileSync(path, '{')],
    ['an empty description', 'classifier.json', (path) => writeFileSync(path, 'null')],
  ])('is trained again, with a message, for %s', async (_, name, damage) => {
    const before = await keep();
    damage(join(before.folder, name));
    const after = await keep();
    expect(after.events[0]).toMatch(new RegExp(`is damaged \\(${name} .*: training it again$`));
    expect(after.events).toContain('epoch');
    expect(after.digest).toBe(before.digest);
    expect((await keep()).events).toEqual([]);
  });

  it('is not trained on the backend cpu, which would take days', async () => {
    const cpu = await loadBackend('cpu');
    await expect(
      keptClassifier({ mnist, backend: cpu, keptIn: folder }, 100, options),
    ).rejects.toThrow(UserError);
  });
});
