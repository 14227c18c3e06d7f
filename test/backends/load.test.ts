import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadBackend } from '../../src/backends/index.js';
import { RunError, UserError } from '../../src/errors.js';
import type * as Vendor from '../../src/vendor.js';
import { FASTEST, HAS_NATIVE, isInstalled } from '../support/backends.js';

/** Packages whose files the build is as if it had not copied. */
const missing = vi.hoisted(() => new Set<string>());

vi.mock('../../src/vendor.js', async (original) => {
  const { vendored } = await original<typeof Vendor>();
  return {
    vendored: (path: string) =>
      missing.has(path.split('/')[0]) ? new URL(`file:///nowhere/${path}`) : vendored(path),
  };
});

afterEach(() => missing.clear());

describe('loadBackend', () => {
  it('says what it loaded', async () => {
    expect((await loadBackend('wasm', 1)).library).toMatch(/^onnxruntime-web \d+\.\d+/);
    expect((await loadBackend('cpu')).library).toMatch(/^@tensorflow\/tfjs-backend-cpu \d+\.\d+/);
  });

  it.skipIf(!HAS_NATIVE)('says what native is, and how many threads it has', async () => {
    expect(await loadBackend('native', 2)).toMatchObject({ name: 'native', threads: 2 });
    expect((await loadBackend('native')).library).toMatch(/^onnxruntime-node \d+\.\d+/);
  });

  it.skipIf(!HAS_NATIVE)('leaves native where modules have typed arrays of their own', async () => {
    vi.stubGlobal('Float32Array', class extends Float32Array {});
    try {
      const { name, slower } = await loadBackend('auto', 1);
      expect([name, slower]).toEqual(['wasm', expect.stringContaining('as in Jest')]);
      await expect(loadBackend('native', 1)).rejects.toThrow(
        'the backend native does not load here (typed arrays here are not those of Node.js, as in Jest): use --backend wasm',
      );
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('refuses a name that is none', async () => {
    await expect(loadBackend('gpu')).rejects.toThrow(UserError);
    await expect(loadBackend('gpu')).rejects.toThrow(
      '--backend: found "gpu", expected auto, native, wasm, cpu, tensorflow',
    );
  });

  it.skipIf(isInstalled('@tensorflow/tfjs-node'))(
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
    expect((await loadBackend('auto', 1)).slower).toBeUndefined();
    missing.add('onnxruntime-node');
    expect((await loadBackend('auto', 1)).name).toBe('wasm');
    missing.add('onnxruntime-web');
    expect((await loadBackend('auto', 1)).name).toBe('cpu');
  });

  it('says why auto took a slow one, how slow it is and what mends it', async () => {
    missing.add('onnxruntime-node');
    expect((await loadBackend('auto', 1)).slower).toBe(
      `the backend native does not load here (onnxruntime-node has no library for ${process.platform} on ${process.arch}): ` +
        'use --backend wasm; steps run on wasm, which takes 2.4 to 3 times as long',
    );
    missing.add('onnxruntime-web');
    expect((await loadBackend('auto', 1)).slower).toMatch(
      /the backend wasm does not load here .*: install gan-mnist again; steps run on cpu, which takes hundreds of times as long/,
    );
  });

  it('says why the one that was asked for does not load', async () => {
    missing.add('onnxruntime-node');
    await expect(loadBackend('native', 1)).rejects.toThrow(
      `the backend native does not load here (onnxruntime-node has no library for ${process.platform} on ${process.arch}): use --backend wasm`,
    );
  });
});
