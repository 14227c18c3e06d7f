import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadBackend } from '../../src/backends/index.js';
import { keptClassifier, PACKAGED_JUDGES } from '../../src/classifier/kept.js';
import { CLASSIFIER_TRAINING, SECOND_JUDGE_TRAINING } from '../../src/classifier/options.js';
import { pixelsOf } from '../../src/data/image-set.js';
import { loadMnist } from '../../src/data/mnist.js';
import { firstImages } from '../../src/data/parts.js';
import { canMeasure } from '../../src/training/quality.js';
import { FASTEST } from '../support/backends.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const mnist = loadMnist();
const backend = await loadBackend(FASTEST, 1);
const keptIn = join(temporaryFolder(), 'classifiers');

/** Whoever would train says so. */
const say = (message: string): never => {
  throw new Error(`nothing is to be said: ${message}`);
};

describe.each([
  ['judge', PACKAGED_JUDGES.first, CLASSIFIER_TRAINING],
  ['second judge', PACKAGED_JUDGES.second, SECOND_JUDGE_TRAINING],
] as const)('the %s in the package', (_, folder, options) => {
  it('judges MNIST at once, as well as it says, and nothing is written', async () => {
    const context = { mnist, backend, keptIn, say, warn: say };
    const kept = await keptClassifier(context, mnist.train.count, options);
    expect(kept.folder).toBe(folder);
    const { labels } = await kept.classifier.classify(pixelsOf(mnist.test));
    const right = labels.reduce((sum, label, i) => sum + Number(label === mnist.test.labels[i]), 0);
    expect(right / 10_000).toBeCloseTo(kept.description.testAccuracy, 3);
    expect(right).toBeGreaterThanOrEqual(9900);
    expect(existsSync(keptIn)).toBe(false);
    await kept.classifier.dispose();
  });

  it('is the one that models/README.md names, and small', () => {
    const bytes = readFileSync(join(folder, 'weights.bin'));
    const digest = createHash('sha256').update(bytes).digest('hex');
    const readme = readFileSync(new URL('../../models/README.md', import.meta.url), 'utf8');
    expect(readme).toContain(digest);
    expect(statSync(join(folder, 'weights.bin')).size).toBeLessThan(1_000_000);
  });
});

describe('the judges in the package', () => {
  it('are said to be missing or damaged where that is so', () => {
    const { first } = PACKAGED_JUDGES;
    const damaged = join(temporaryFolder(), 'judge');
    cpSync(first, damaged, { recursive: true });
    writeFileSync(join(damaged, 'weights.bin'), 'cut off');
    const said: string[] = [];
    try {
      for (const folder of [first, damaged, `${damaged}-not`]) {
        PACKAGED_JUDGES.first = folder;
        canMeasure(mnist, backend, (message) => said.push(message));
      }
    } finally {
      PACKAGED_JUDGES.first = first;
    }
    expect(said).toEqual([
      expect.stringMatching(/^the judge \S+judge is damaged \(.+\): install the package again$/),
      expect.stringMatching(/^the judge \S+judge-not is damaged \(missing\): install the pack/),
    ]);
  });

  it('are not used for other data', async () => {
    const other = { ...mnist, digests: { ...mnist.digests, 't10k-labels-idx1-ubyte': 'another' } };
    const few = { ...other, train: firstImages(mnist.train, 300) };
    const said: string[] = [];
    const kept = await keptClassifier(
      { mnist: few, backend, keptIn, say: (message) => said.push(message) },
      300,
      { ...CLASSIFIER_TRAINING, epochs: 1 },
    );
    expect(said[0]).toMatch(/^training a classifier on 300 real images, to be kept in /);
    expect(kept.folder.startsWith(keptIn)).toBe(true);
    await kept.classifier.dispose();
  });
});
