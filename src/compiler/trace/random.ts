import type { Rank, ShapeMap, Tensor } from '@tensorflow/tfjs-core';
import { RunError } from '../../errors.js';

/**
 * What a step draws random numbers from: its second argument. Each call is a draw of its own, new at each run, of type float32.
 * A step must make the same draws each time that it is called.
 */
export interface StepRandom {
  /** Uniform in [0, 1): multiples of 2^-24. */
  uniform<R extends Rank>(shape: ShapeMap[R]): Tensor<R>;
  /** Standard normal: mean 0, variance 1. */
  normal<R extends Rank>(shape: ShapeMap[R]): Tensor<R>;
  /** 1 with the given probability, else 0: of a dropout mask, the share that is kept. */
  bernoulli<R extends Rank>(shape: ShapeMap[R], probability: number): Tensor<R>;
}

/** A seeded stream of random numbers, as `Random`: the executable fills a step's draws from it, in the order of the step's calls. */
export interface RandomSource {
  /** Fills with numbers uniform in [0, 1). */
  unit(into: Float32Array): void;
  /** Fills with standard normal numbers. */
  normal(into: Float32Array): void;
  /** Fills with 1, with this probability, and 0. */
  bernoulli(into: Float32Array, probability: number): void;
}

/** The distribution of one draw. */
export type Distribution =
  | { readonly kind: 'uniform' | 'normal' }
  | { readonly kind: 'bernoulli'; readonly probability: number };

/**
 * The second argument of a step.
 *
 * @param draw makes the tensor of one draw.
 */
export function stepRandom(
  draw: (distribution: Distribution, shape: number[]) => Tensor,
): StepRandom {
  const checked = <R extends Rank>(distribution: Distribution, shape: ShapeMap[R]): Tensor<R> => {
    const extents: unknown = shape;
    if (!Array.isArray(extents) || !extents.every((n) => Number.isInteger(n) && n >= 0))
      throw new RunError(
        `random.${distribution.kind}: found the shape ${JSON.stringify(shape)}, expected an array of whole numbers`,
      );
    return draw(distribution, extents as number[]) as Tensor<R>;
  };
  return {
    uniform: (shape) => checked({ kind: 'uniform' }, shape),
    normal: (shape) => checked({ kind: 'normal' }, shape),
    bernoulli(shape, probability) {
      if (!(probability >= 0 && probability <= 1))
        throw new RunError(
          `random.bernoulli: found the probability ${probability}, expected a number from 0 to 1`,
        );
      return checked({ kind: 'bernoulli', probability }, shape);
    },
  };
}

/** Fills an array with one draw. */
export function fillDraw(
  source: RandomSource,
  distribution: Distribution,
  into: Float32Array,
): void {
  switch (distribution.kind) {
    case 'uniform':
      return source.unit(into);
    case 'normal':
      return source.normal(into);
    case 'bernoulli':
      return source.bernoulli(into, distribution.probability);
  }
}

/** The stream of a step that draws. @throws RunError where there is none. */
export function requiredSource(source: RandomSource | undefined): RandomSource {
  if (source === undefined)
    throw new RunError(
      "the step draws from its argument `random`: it needs a stream to draw from (the option `random`, as new Random(seed, 'step'))",
    );
  return source;
}
