/**
 * What dist/vendor has of other packages: the few files that are used of large ones. So these need not be installed
 * with this one, and onnxruntime-node's install script, which downloads CUDA libraries that nothing here uses and
 * without which npm drops the package, never runs. NOTICES.md has their licences.
 */
import {
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** DirectML and the shader compilers, which onnxruntime.dll loads only for a GPU, and the second name of a library are left out. */
const ENGINE_LIBRARIES = {
  'darwin/arm64': 'libonnxruntime.1.dylib',
  'linux/arm64': 'libonnxruntime.so.1',
  'linux/x64': 'libonnxruntime.so.1',
  'win32/arm64': 'onnxruntime.dll',
  'win32/x64': 'onnxruntime.dll',
};

const ENGINE = [
  ...['backend', 'binding', 'index', 'version'].map((name) => `dist/${name}.js`),
  ...Object.entries(ENGINE_LIBRARIES).flatMap(([platform, library]) =>
    ['onnxruntime_binding.node', library].map((file) => `bin/napi-v6/${platform}/${file}`),
  ),
];

const WEB_ENGINE = [
  'ort.node.min.mjs',
  'ort-wasm-simd-threaded.mjs',
  'ort-wasm-simd-threaded.wasm',
].map((file) => `dist/${file}`);

/** Fills `folder` with a folder per package. */
export function copyVendored(folder) {
  copyFrom('onnxruntime-node', ENGINE, folder);
  copyFrom('onnxruntime-web', WEB_ENGINE, folder);
  for (const [name, form] of [
    ['onnxruntime-node', 'cjs'],
    ['onnxruntime-web', 'esm'],
  ])
    ownCommon(join(folder, name), form);
  copyFrom('dejavu-fonts-ttf', ['ttf/DejaVuSans.ttf', 'LICENSE'], folder);
}

/**
 * Gives an engine a copy of onnxruntime-common of its own. The engines register themselves there, each under a name that only one can
 * have: with the one in node_modules none would load beside an engine that the user has installed.
 */
function ownCommon(folder, form) {
  const from = join(dirname(manifestOf('onnxruntime-common')), 'dist', form);
  const to = join(folder, 'common');
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true, filter: (path) => !/\.(d\.ts|map)$/.test(path) });
  const type = form === 'esm' ? 'module' : 'commonjs';
  writeFileSync(join(to, 'package.json'), `${JSON.stringify({ type })}\n`);
  for (const file of form === 'esm'
    ? ['ort.node.min.mjs']
    : ['backend.js', 'binding.js', 'index.js']) {
    const path = join(folder, 'dist', file);
    const code = readFileSync(path, 'utf8').replaceAll(
      '"onnxruntime-common"',
      '"../common/index.js"',
    );
    rmSync(path); // It may be a link to the package's own.
    writeFileSync(path, code);
  }
}

function copyFrom(name, files, folder) {
  const from = dirname(manifestOf(name));
  for (const file of files) {
    const to = join(folder, name, file);
    mkdirSync(dirname(to), { recursive: true });
    linkOrCopy(join(from, file), to);
  }
  const { version, license } = JSON.parse(readFileSync(manifestOf(name), 'utf8'));
  // `type` tells Node.js how to read its .js files, which are not modules as those of this package.
  const manifest = { name, version, license, type: 'commonjs' };
  writeFileSync(join(folder, name, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** A package may not export its package.json: it is looked for where Node.js looks for packages. */
function manifestOf(name) {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return require.resolve(join(folder, name, 'package.json'));
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  throw new Error(`${name} is not installed: run npm ci`);
}

/** The engine's libraries are 174 MB: on one file system they are not copied. */
function linkOrCopy(from, to) {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
