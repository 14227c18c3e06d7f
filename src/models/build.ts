import { denseDiscriminator, denseGenerator } from './dense.js';
import { stackGan, type Gan } from './gan.js';

export interface ModelOptions {
  readonly model: 'dense';
  readonly latentSize: number;
  readonly units: number;
  readonly leakySlope: number;
  readonly seed: number;
}

/** Builds the pair that the options name, with weights drawn from the seed. */
export function buildGan(options: ModelOptions): Gan {
  return stackGan(denseGenerator(options), denseDiscriminator(options));
}
