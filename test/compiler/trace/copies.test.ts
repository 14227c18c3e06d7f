import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = temporaryFolder();
const entry = pathToFileURL(join(root, 'dist', 'compiler-entry.js')).href;
const copied = join(folder, 'copy', 'node_modules', '@tensorflow', 'tfjs-core');
const copy = join(copied, 'dist', 'tf-core.node.js');

/** Compiles a step by this package after some imports; what is said on stderr. */
function said(imports: readonly string[], flags: readonly string[] = []): string {
  const script = `
    ${imports.map((path) => `await import(${JSON.stringify(path)});`).join('\n')}
    const { trace } = await import(${JSON.stringify(entry)});
    const { default: tf } = await import(${JSON.stringify(pathToFileURL(join(root, 'node_modules/@tensorflow/tfjs-core/dist/tf-core.node.js')).href)});
    for (let k = 0; k < 2; k++) trace(({ x }) => ({ y: tf.neg(x) }), { inputs: { x: { shape: [2] } } });
  `;
  const { stderr, status } = spawnSync(
    process.execPath,
    [...flags, '--input-type=module', '-e', script],
    {
      encoding: 'utf8',
    },
  );
  expect(status, stderr).toBe(0);
  return stderr;
}

describe("a second copy of TensorFlow.js' core", () => {
  beforeAll(() => {
    cpSync(join(root, 'node_modules/@tensorflow/tfjs-core'), copied, {
      recursive: true,
      filter: (path) => !/tfjs-core.dist.(?!tf-core\.node\.js$)/.test(path),
    });
    mkdirSync(join(folder, 'node_modules'));
    // What it depends on.
    for (const name of ['seedrandom', 'node-fetch', 'long'])
      symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  });

  it.each([
    ['before', [copy, entry]],
    ['after', [entry, copy]],
  ])('that is loaded %s this package is named, once', (_, imports) => {
    const stderr = said(imports);
    const named = stderr.split("TensorFlow.js' core is loaded twice, from ");
    expect(named).toHaveLength(2);
    expect(named[1]).toContain(`and from ${copied}: install one version`);
  });

  it('is not seen where there is none, nor in what source maps make several files of', () => {
    expect(said([entry])).toBe('');
    expect(said([entry], ['--enable-source-maps'])).toBe('');
  });
});
