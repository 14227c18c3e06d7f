import { expect, it, vi } from 'vitest';

const refuse = vi.hoisted(() => () => {
  throw new Error('TensorFlow.js was loaded');
});
vi.mock('@tensorflow/tfjs-core', refuse);
vi.mock('@tensorflow/tfjs-layers', refuse);
vi.mock('@tensorflow/tfjs-backend-cpu', refuse);

it('the library is imported without TensorFlow.js, and nothing global changes', async () => {
  const before = Object.getOwnPropertyNames(globalThis);
  const library = await import('../../src/index.js');
  expect(typeof library.train).toBe('function');
  expect(Object.getOwnPropertyNames(globalThis)).toEqual(before);
});
