import {
  fillDraw,
  requiredSource,
  type Distribution,
  type RandomSource,
} from '../compiler/trace/random.js';
import type { Value } from '../compiler/graph/value.js';
import type { Values } from './backend.js';

/**
 * What fills a step's draws before each run, in the order in which the step makes them.
 *
 * @throws RunError where the step draws and has nothing to draw from.
 */
export function drawsOf(
  inputs: readonly Value[],
  view: (value: Value) => Values,
  random: RandomSource | undefined,
): () => void {
  const draws = inputs.flatMap((value) => {
    const { source } = value;
    return source.kind === 'input' && source.draw !== undefined
      ? [{ distribution: source.draw, into: view(value) as Float32Array }]
      : [];
  });
  return draws.length === 0 ? () => {} : filling(draws, requiredSource(random));
}

const filling =
  (draws: readonly { distribution: Distribution; into: Float32Array }[], source: RandomSource) =>
  (): void => {
    for (const { distribution, into } of draws) fillDraw(source, distribution, into);
  };

/** The inputs that the caller fills, by name. */
export function givenInputs(
  inputs: readonly Value[],
  view: (value: Value) => Values,
): Record<string, Values> {
  return Object.fromEntries(
    inputs.flatMap((value) => {
      const { source } = value;
      return source.kind === 'input' && source.draw === undefined
        ? [[source.name, view(value)] as const]
        : [];
    }),
  );
}
