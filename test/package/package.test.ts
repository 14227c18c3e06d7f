import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly dev?: true; readonly hasInstallScript?: true }>
  >;
}

const textOf = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const { packages } = JSON.parse(textOf('package-lock.json')) as Lock;

describe('the packages that this one needs', () => {
  it('run no script when they are installed with it', () => {
    const scripted = Object.entries(packages).filter(
      ([, { hasInstallScript, dev }]) => hasInstallScript && dev !== true,
    );
    expect(scripted).toEqual([]);
  });

  // The script downloads, and npm 10, which does not know allowScripts, runs what the lock file says has one.
  it('have an entry in the lock file by which npm does not run the script of onnxruntime-node', () => {
    expect(packages['node_modules/onnxruntime-node']).toBeDefined();
    expect(packages['node_modules/onnxruntime-node'].hasInstallScript).toBeUndefined();
  });

  it('are each named in the notices, with what the build copies of others', () => {
    const { dependencies } = JSON.parse(textOf('package.json')) as {
      dependencies: Record<string, string>;
    };
    const notices = textOf('NOTICES.md');
    for (const name of Object.keys(dependencies))
      expect(notices).toContain(name.replace('@tensorflow/tfjs-', '-'));
    for (const copied of ['onnxruntime-node', 'onnxruntime-web', 'ECharts', 'DejaVu'])
      expect(notices).toContain(copied);
  });
});

describe('the compiled sources', () => {
  const dist = fileURLToPath(new URL('../../dist', import.meta.url));
  const modules = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.js') && !/^(vendor|pages)\b/.test(name),
  );

  it('require TensorFlow.js, which Node would read for names first if they imported it', () => {
    const importing = modules.filter((name) =>
      /^import .*'@tensorflow/m.test(readFileSync(join(dist, name), 'utf8')),
    );
    expect(modules).toContain('tfjs.js');
    expect(importing).toEqual([]);
  });

  it('have the copy of it that a step which imports it has', async () => {
    const { Tensor } = await import('@tensorflow/tfjs-core');
    const { tf } = (await import(pathToFileURL(join(dist, 'tfjs.js')).href)) as {
      tf: { Tensor: unknown };
    };
    expect(tf.Tensor).toBe(Tensor);
  });
});
