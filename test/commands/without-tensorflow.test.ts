import { expect, it, vi } from 'vitest';

const refuse = vi.hoisted(() => () => {
  throw new Error('TensorFlow.js was loaded');
});
vi.mock('@tensorflow/tfjs-core', refuse);
vi.mock('@tensorflow/tfjs-layers', refuse);
vi.mock('@tensorflow/tfjs-backend-cpu', refuse);

// It takes 150 ms and 50 MB, in the drawing thread of each training once more.
it.each([
  ['sample', () => import('../../src/commands/sample.js')],
  ['interpolate', () => import('../../src/commands/interpolate.js')],
  ['report', () => import('../../src/commands/report.js')],
  ['compare', () => import('../../src/commands/compare.js')],
  ['watch', () => import('../../src/commands/watch.js')],
  // Whose first line is there sooner.
  ['train', () => import('../../src/commands/train.js')],
  ['the drawing of a run', () => import('../../src/drawings/drawings.js')],
])('%s starts without TensorFlow.js', async (_, load) => {
  await expect(load()).resolves.toBeDefined();
});

it('which training needs', async () => {
  await expect(import('../../src/training/train.js')).rejects.toThrow();
});
