import { createRequire } from 'node:module';
import { loadBackend } from '../../src/backends/index.js';

/** Systems that the package has the native engine for; test/package/package.test.ts knows of it what is packed. */
const PLATFORMS = ['darwin/arm64', 'linux/arm64', 'linux/x64', 'win32/arm64', 'win32/x64'];

/** Whether the native engine is here: where it is expected, tests fail without it, and do not just run on what is left. */
export const HAS_NATIVE = await loadBackend('native', 1).then(
  () => true,
  (error: unknown) => {
    const isMusl = process.platform === 'linux' && !('glibcVersionRuntime' in reportHeader());
    if (!isMusl && PLATFORMS.includes(`${process.platform}/${process.arch}`)) throw error;
    return false;
  },
);

function reportHeader(): object {
  return (process.report.getReport() as { header: object }).header;
}

/** The backends that compile. */
export const COMPILED = HAS_NATIVE ? ['native', 'wasm'] : ['wasm'];

/** The one that `auto` takes. */
export const FASTEST = HAS_NATIVE ? 'native' : 'wasm';

/** Whether a package is there, as one that a user may install beside ours. */
export function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
