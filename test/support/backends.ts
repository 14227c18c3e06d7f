import { loadBackend } from '../../src/backends/index.js';

/** Whether the optional package onnxruntime-node is installed here: without it the tests run on what is left. */
export const HAS_NATIVE = await loadBackend('native', 1).then(
  () => true,
  () => false,
);

/** The backends that compile. */
export const COMPILED = HAS_NATIVE ? ['native', 'wasm'] : ['wasm'];

/** The one that `auto` takes. */
export const FASTEST = HAS_NATIVE ? 'native' : 'wasm';
