import { readFileSync } from 'node:fs';
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
