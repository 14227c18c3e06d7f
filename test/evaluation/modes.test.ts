import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadBackend, type Backend } from '../../src/backends/index.js';
import { pixelsOf } from '../../src/data/image-set.js';
import { loadMnist } from '../../src/data/mnist.js';
import { stackOf } from '../../src/datasets/stack.js';
import { UserError } from '../../src/errors.js';
import { modesOf } from '../../src/evaluation/modes.js';
import { StackedJudge } from '../../src/evaluation/stacked.js';
import { judgeStacked } from '../../src/evaluation/verdict.js';
import type { Generator } from '../../src/runs/generator.js';
import { FASTEST } from '../support/backends.js';

describe('modes', () => {
  it('are the classes that occur', () => {
    expect(modesOf([5, 0, 3, 2], [0.25, 0.25, 0.25, 0.25])).toMatchObject({
      images: 10,
      found: 3,
      of: 4,
    });
  });

  it('diverge by what SciPy computes', () => {
    // scipy.stats.entropy([0.5, 0, 0.3, 0.2], [0.4, 0.1, 0.3, 0.2])
    expect(modesOf([5, 0, 3, 2], [0.4, 0.1, 0.3, 0.2]).divergence).toBeCloseTo(
      0.11157177565710485,
      12,
    );
  });

  it('diverge by nothing where shares are those of the data, and by the logarithm of a share where there is one', () => {
    expect(modesOf([1, 2, 1], [0.25, 0.5, 0.25]).divergence).toBe(0);
    expect(modesOf([0, 7], [0.9, 0.1]).divergence).toBeCloseTo(Math.log(10), 12);
  });
});

describe('the judge of stacked images', () => {
  const mnist = loadMnist();
  const stack = stackOf(mnist, 3, { train: 500, test: 1000 });
  const real = [...stack.blocks('train')][0];
  const test = [...stack.blocks('test')][0];
  const stacked = { source: mnist.source, digests: mnist.digests, classes: mnist.classes };
  let backend: Backend;
  let judge: StackedJudge;
  const context = () => ({ backend, keptIn: '' });
  beforeAll(async () => {
    backend = await loadBackend(FASTEST, 1);
    judge = await StackedJudge.create(stacked, test, context());
  });
  afterAll(() => judge.dispose());

  /** A generator of the first so many real images, again and again. */
  function replaying(images: number): Generator {
    const pixels = pixelsOf(real, 0, images);
    let next = 0;
    const draw = async (n: number): Promise<Float32Array> =>
      Float32Array.from({ length: n * 2352 }, () => pixels[next++ % pixels.length] / 127.5 - 1);
    return {
      shape: real.shape,
      latentSize: 1,
      classes: 0,
      draw,
      images: (z) => draw(z.length),
      generate: (n) => draw(n),
      dispose: async () => {},
    };
  }

  const judged = (images: number) =>
    judge.judgeModel({ kind: 'all-digits', generator: replaying(images) }, 1, undefined, images);

  it('finds of real images the modes that they have', async () => {
    const { modes, recognition } = await judged(500);
    const own = new Set(real.labels).size;
    expect(Math.abs(modes.generated.found - own)).toBeLessThan(0.03 * own);
    expect(modes.generated.of).toBe(1000);
    expect(recognition.recognised).toBeGreaterThan(0.9);
    const right = recognition.histogram.filter(
      (count, k) => count > 0 && real.labels.includes(k),
    ).length;
    expect(right).toBeGreaterThan(0.95 * own);
    expect(modes.real.images).toBe(1000);
    const [lost, sharp] = judgeStacked({ modes, recognition });
    expect(lost.title).toBe('Many modes are lost');
    expect(sharp.kind).toBe('good');
  });

  it('finds of one image again and again one mode', async () => {
    const again = replaying(1);
    const { modes } = await judge.judgeModel(
      { kind: 'all-digits', generator: again },
      1,
      undefined,
      300,
    );
    expect(modes.generated.found).toBe(1);
    // Of a thousand modes about as frequent each.
    expect(modes.generated.divergence).toBeGreaterThan(Math.log(500));
  });

  it('refuses images that are stacked of others, and models of one class', async () => {
    const other = { ...stacked, digests: { ...stacked.digests, x: 'y' } };
    await expect(StackedJudge.create(other, test, context())).rejects.toThrow(UserError);
    const one = { kind: 'per-digit', generators: new Map([[3, replaying(1)]]) } as const;
    await expect(judge.judgeModel(one, 1)).rejects.toThrow(/expected a model of all classes/);
  });
});
