import { createRequire } from 'node:module';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadBackend } from '../../src/backends/index.js';
import { RunError, UserError } from '../../src/errors.js';
import { FASTEST, HAS_NATIVE } from '../support/backends.js';

afterEach(() => {
  vi.doUnmock('onnxruntime-node');
  vi.doUnmock('onnxruntime-web');
});

const installed = (name: string): boolean => {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
};

const absent = (name: string): void => {
  vi.doMock(name, () => {
    throw new Error(`Cannot find package '${name}'`);
  });
};

describe('loadBackend', () => {
  it('says what it loaded', async () => {
    expect((await loadBackend('wasm', 1)).library).toMatch(/^onnxruntime-web \d+\.\d+/);
    expect((await loadBackend('cpu')).library).toMatch(/^@tensorflow\/tfjs-backend-cpu \d+\.\d+/);
  });

  it.skipIf(!HAS_NATIVE)('says what native is, and how many threads it has', async () => {
    expect(await loadBackend('native', 2)).toMatchObject({ name: 'native', threads: 2 });
    expect((await loadBackend('native')).library).toMatch(/^onnxruntime-node \d+\.\d+/);
  });

  it('refuses a name that is none', async () => {
    await expect(loadBackend('gpu')).rejects.toThrow(UserError);
    await expect(loadBackend('gpu')).rejects.toThrow(
      '--backend: found "gpu", expected auto, native, wasm, cpu, tensorflow',
    );
  });

  it.skipIf(installed('@tensorflow/tfjs-node'))(
    'says how to install what is not there',
    async () => {
      await expect(loadBackend('tensorflow')).rejects.toThrow(RunError);
      await expect(loadBackend('tensorflow')).rejects.toThrow(
        /the backend tensorflow does not load here .*: install the package @tensorflow\/tfjs-node/,
      );
    },
  );

  it('takes the first that loads for auto', async () => {
    expect((await loadBackend('auto', 1)).name).toBe(FASTEST);
    absent('onnxruntime-node');
    expect((await loadBackend('auto', 1)).name).toBe('wasm');
    absent('onnxruntime-web');
    expect((await loadBackend('auto', 1)).name).toBe('cpu');
  });

  it('says why the one that was asked for does not load', async () => {
    absent('onnxruntime-node');
    await expect(loadBackend('native', 1)).rejects.toThrow(
      /the backend native does not load here .*: install the optional package onnxruntime-node, or use --backend wasm/,
    );
  });
});
