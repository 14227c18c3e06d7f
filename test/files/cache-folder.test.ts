import { tmpdir } from 'node:os';
import { afterEach, expect, it, vi } from 'vitest';
import { cacheFolder } from '../../src/files/cache-folder.js';

vi.mock('node:os', async (original) => ({
  ...(await original<object>()),
  homedir: () => {
    throw new Error('uv_os_homedir returned ENOENT (no such file or directory)');
  },
}));

afterEach(() => void vi.unstubAllEnvs());

it('is among the temporary files for a user without a home, as one that the system knows by a number alone', () => {
  vi.stubEnv('XDG_CACHE_HOME', undefined);
  vi.stubEnv('LOCALAPPDATA', undefined);
  expect(cacheFolder('classifiers').startsWith(tmpdir())).toBe(true);
});
