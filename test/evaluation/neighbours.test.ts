import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadBackend } from '../../src/backends/index.js';
import { preferenceOf } from '../../src/evaluation/measures.js';
import { coverageOf, nearestOf, radiiOf } from '../../src/evaluation/neighbours.js';
import { Pairs } from '../../src/evaluation/pairs.js';
import { COMPILED } from '../support/backends.js';

interface Reference {
  readonly dimensions: number;
  readonly k: number;
  readonly real: readonly number[];
  readonly generated: readonly number[];
  readonly coverage: number;
  readonly density: number;
  readonly radii: readonly number[];
  readonly nearest: { readonly distances: readonly number[]; readonly indices: readonly number[] };
  readonly logits: {
    readonly training: readonly number[];
    readonly heldOut: readonly number[];
    readonly auc: number;
  };
}

/** Written by reference.py beside it: prdc 0.2, scikit-learn 1.9.1 and scipy 1.17.1. */
const reference = JSON.parse(
  readFileSync(new URL('reference.json', import.meta.url), 'utf8'),
) as Reference;
const real = Float32Array.from(reference.real);
const generated = Float32Array.from(reference.generated);
const { k, dimensions } = reference;

describe.each(COMPILED)('neighbours on %s', (name) => {
  it('have the distances, coverage and density that prdc and scikit-learn find', async () => {
    const pairs = await Pairs.create(dimensions, await loadBackend(name, 1));
    const radii = await radiiOf(pairs, real, k);
    radii.forEach((radius, i) => expect(radius).toBeCloseTo(reference.radii[i], 4));
    expect(radii).toHaveLength(530);
    const nearest = await nearestOf(pairs, generated, real);
    expect([...nearest.indices]).toEqual(reference.nearest.indices);
    nearest.distances.forEach((distance, i) =>
      expect(distance).toBeCloseTo(reference.nearest.distances[i], 3),
    );
    const { coverage, density } = await coverageOf(pairs, { real, radii, k }, generated);
    expect(coverage).toBeCloseTo(reference.coverage, 12);
    expect(density).toBeCloseTo(reference.density, 12);
    await pairs.dispose();
  });

  it('are as many as are asked for, also where there are fewer points than a tile has', async () => {
    const pairs = await Pairs.create(1, await loadBackend(name, 1));
    const points = Float32Array.of(0, 1, 3, 7);
    expect([...(await radiiOf(pairs, points, 2))]).toEqual([3, 2, 3, 6]);
    await expect(radiiOf(pairs, points, 4)).rejects.toThrow('4 points have no 4-th nearest');
    const ball = { real: points, radii: Float32Array.of(1, 1, 1, 1), k: 1 };
    // 2 lies in the balls of 1 and 3, 9 in none.
    expect(await coverageOf(pairs, ball, Float32Array.of(2, 9))).toEqual({
      coverage: 0.5,
      density: 1,
    });
    await pairs.dispose();
  });

  it('stop at the signal', async () => {
    const pairs = await Pairs.create(dimensions, await loadBackend(name, 1));
    const stopped = nearestOf(pairs, generated, real, AbortSignal.abort(new Error('stopped')));
    await expect(stopped).rejects.toThrow('stopped');
    await pairs.dispose();
  });
});

describe('the preference of a discriminator', () => {
  it('is the area under the curve that scikit-learn and scipy compute, ties included', () => {
    const { training, heldOut, auc } = reference.logits;
    const found = preferenceOf(Float32Array.from(training), Float32Array.from(heldOut));
    expect(found).toBeCloseTo(auc, 12);
  });

  it('is a half where it cannot tell, and 1 where it always can', () => {
    expect(preferenceOf(Float32Array.of(2, 2), Float32Array.of(2, 2, 2))).toBe(0.5);
    expect(preferenceOf(Float32Array.of(3, 2), Float32Array.of(1, 0, 1.5))).toBe(1);
  });
});
