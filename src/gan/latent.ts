import type { Random } from '../data/random.js';
import type { RunOptions } from './options.js';

/** Fills z: uniform in [-1, 1), or normal with mean 0 and deviation 1. */
export function drawLatent(random: Random, latent: RunOptions['latent'], z: Float32Array): void {
  if (latent === 'normal') random.normal(z);
  else random.uniform(z);
}
