/** What a step is compiled for: who computes what, and with how many threads. */
export interface Target {
  readonly name: 'native' | 'wasm' | 'browser' | 'eager';
  /** Threads of the generated code. More than one share their memory. */
  readonly threads: number;
  /** What generated WebAssembly computes: the updates of states, or every value that there is code for. */
  readonly generated: 'updates' | 'all';
  /** Whether ONNX Runtime computes the rest; without it, a value that there is no code for is an error. */
  readonly onnx: boolean;
  /** Whether products multiply and add in one instruction (relaxed SIMD), which rounds as the processor likes. */
  readonly fusedMultiplyAdd: boolean;
}

/** onnxruntime-node, which has one thread of its own for the updates: it takes no memory that threads share. */
export const NATIVE: Target = {
  name: 'native',
  threads: 1,
  generated: 'updates',
  onnx: true,
  fusedMultiplyAdd: false,
};

/** Generated code; onnxruntime-web computes what there is no code for. */
export const wasmTarget = (threads: number, fusedMultiplyAdd = false): Target => ({
  name: 'wasm',
  threads,
  generated: 'all',
  onnx: true,
  fusedMultiplyAdd,
});

/** onnxruntime-web in the place of onnxruntime-node. */
export const ONNX_WEB: Target = { ...NATIVE, name: 'wasm' };

/** Generated code alone. More than one thread needs a page that is isolated (cross-origin isolation). */
export const browserTarget = (threads: number): Target => ({
  ...wasmTarget(threads),
  name: 'browser',
  onnx: false,
});

/** TensorFlow.js itself, a kernel at a time: nothing is compiled. */
export const EAGER: Target = {
  name: 'eager',
  threads: 1,
  generated: 'updates',
  onnx: false,
  fusedMultiplyAdd: false,
};

/** A target as a message names it. */
export const targetText = ({ name, threads, generated, fusedMultiplyAdd }: Target): string =>
  `${name} (${threads} ${threads === 1 ? 'thread' : 'threads'}, generated code for ${generated}${fusedMultiplyAdd ? ', fused multiply-add' : ''})`;

export const isSame = (a: Target, b: Target): boolean => targetText(a) === targetText(b);
