import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CONSUMERS = fileURLToPath(new URL('consumers', import.meta.url));
const PLATFORMS = ['darwin/arm64', 'linux/arm64', 'linux/x64', 'win32/arm64', 'win32/x64'];
const BACKEND = PLATFORMS.includes(`${process.platform}/${process.arch}`) ? 'native' : 'wasm';
const YARN = '@yarnpkg/cli-dist@4.18.1';
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
/** The limits of what is installed, in bytes: with the libraries of the native engine, and all but them. */
const MOST = { all: 450e6, withoutEngine: 200e6 };

let scratch: string;
let tarball: string;
let packedPaths: string[];

/** Runs npm as a user does: nothing of the npm that runs these tests, nor of this repository, is handed on. */
function npm(cwd: string, ...args: string[]): { stdout: string; stderr: string } {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_ENV$|VITEST)/i.test(name)),
  );
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm ${args.join(' ')}: ${stderr}`);
  return { stdout, stderr };
}

function pack(into: string): Packed {
  mkdirSync(into);
  const { stdout } = npm(
    ROOT,
    'pack',
    '--json',
    '--silent',
    '--ignore-scripts',
    '--pack-destination',
    into,
  );
  return (JSON.parse(stdout) as [Packed])[0];
}

const sha256 = (path: string): string =>
  createHash('sha256').update(readFileSync(path)).digest('hex');

const sizeOf = (folder: string): number =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);

const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'gan-mnist-package-'));
  const { filename, files } = pack(join(scratch, 'pack'));
  tarball = join(scratch, 'pack', filename);
  packedPaths = files.map(({ path }) => path);
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('the tarball', () => {
  it('is the same bytes each time', () => {
    const { filename } = pack(join(scratch, 'again'));
    expect(sha256(join(scratch, 'again', filename))).toBe(sha256(tarball));
  });

  it.each([
    ['publint', 'publint/src/cli.js', ['run', '--strict']],
    ['arethetypeswrong', '@arethetypeswrong/cli/dist/index.js', ['--no-emoji', '--no-color']],
  ])('has nothing that %s finds wrong', (_, program, options) => {
    const checker = join(ROOT, 'node_modules', program);
    const { status, stdout, stderr } = spawnSync(process.execPath, [checker, ...options, tarball], {
      cwd: scratch,
      encoding: 'utf8',
    });
    expect(status, `${stdout}${stderr}`).toBe(0);
  });

  it('has everything that its pages link to', () => {
    expect(packedPaths).toContain('LICENSE');
    const pages = packedPaths.filter((path) => path.endsWith('.md'));
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'CHANGELOG.md', 'NOTICES.md']));
    for (const page of pages) {
      for (const [, target] of textOf(page).matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)) {
        const path = new URL(target, `file:///${page}`).pathname.slice(1);
        expect(packedPaths, `${page} links to ${target}`).toContain(path);
      }
    }
  });

  it('has the native engine of every platform that there is one for', () => {
    const bindings = packedPaths.filter((path) => path.endsWith('onnxruntime_binding.node'));
    expect(bindings.map((path) => path.split('/').slice(-3, -1).join('/')).sort()).toEqual(
      PLATFORMS,
    );
  });
});

describe('installed in an empty folder', () => {
  let folder: string;
  let warnings: string;

  beforeAll(() => {
    folder = join(scratch, 'consumer');
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    warnings = npm(folder, 'install', '--no-audit', '--no-fund', tarball).stderr;
    cpSync(CONSUMERS, folder, { recursive: true });
  });

  const node = (...args: string[]): string =>
    execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });

  it('is as small as it is said to be, and npm warns of nothing', () => {
    const modules = join(folder, 'node_modules');
    const engine = sizeOf(join(modules, 'gan-mnist/dist/vendor/onnxruntime-node'));
    expect(sizeOf(modules)).toBeLessThan(MOST.all);
    expect(sizeOf(modules) - engine).toBeLessThan(MOST.withoutEngine);
    expect(warnings).toBe('');
  });

  it.each(['consumer.mjs', 'consumer.cjs'])('trains an epoch from %s', (script) => {
    expect(JSON.parse(node(script))).toMatchObject({ backend: BACKEND, epochs: 1, count: 10 });
  });

  it.each([
    ['nodenext', 'nodenext', ['typed.mts', 'typed.cts']],
    ['node16', 'node16', ['typed.mts', 'typed.cts']],
    ['esnext', 'bundler', ['typed.mts']],
  ])(
    'has types for strict TypeScript, also those that it depends on, with module %s and resolution %s',
    (module, resolution, files) => {
      const options = ['--strict', '--target', 'es2022', '--skipLibCheck', 'false'];
      const types = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')];
      const kind = ['--module', module, '--moduleResolution', resolution, '--outDir', module];
      node(TSC, ...options, ...types, ...kind, ...files);
    },
  );

  it.each(['nodenext/typed.mjs', 'nodenext/typed.cjs'])('trains an epoch from %s', (script) => {
    expect(JSON.parse(node(script))).toMatchObject({ backend: BACKEND, epochs: 1, count: 10 });
  });

  it('trains from the command line', () => {
    const program = join('node_modules', 'gan-mnist', 'bin', 'gan-mnist.js');
    const printed = node(program, 'train', '--epochs', '1', '--limit', '500');
    expect(printed).toMatch(/^training the dense GAN/);
    expect(printed).toContain('report.html');
  });
});

describe("installed by Yarn as Plug'n'Play, where packages stay archives", () => {
  it('trains an epoch from the command line and from ES modules', () => {
    const folder = join(scratch, 'plug-n-play');
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), '{ "name": "consumer", "private": true }');
    writeFileSync(join(folder, 'yarn.lock'), '');
    cpSync(join(CONSUMERS, 'consumer.mjs'), join(folder, 'consumer.mjs'));
    const env = {
      ...process.env,
      YARN_ENABLE_TELEMETRY: '0',
      YARN_ENABLE_GLOBAL_CACHE: '0',
      YARN_ENABLE_IMMUTABLE_INSTALLS: '0',
      YARN_NPM_REGISTRY_SERVER: npm(folder, 'config', 'get', 'registry').stdout.trim(),
    };
    const yarn = (...args: string[]): string =>
      execFileSync('npx', ['--yes', '--package', YARN, 'yarn', ...args], {
        cwd: folder,
        env,
        encoding: 'utf8',
      });
    yarn('add', `gan-mnist@file:${tarball}`);
    expect(readdirSync(folder)).toContain('.pnp.cjs');
    expect(yarn('gan-mnist', 'train', '--epochs', '1', '--limit', '500')).toContain('report.html');
    expect(JSON.parse(yarn('node', 'consumer.mjs'))).toMatchObject({ backend: BACKEND, epochs: 1 });
  });
});
