import {
  isSame,
  NATIVE,
  ONNX_WEB,
  targetText,
  wasmTarget,
  type Target,
} from '../compiler/target.js';
import { messageOf, RunError, UserError } from '../errors.js';
import { MOST_THREADS, processors, threadsOfSessions } from '../machine.js';
import {
  BACKEND_NAMES,
  type Backend,
  type BackendName,
  type FloatTensor,
  type Model,
} from './backend.js';
import { fusedMultiplyAddBits } from './fused-multiply-add.js';
import { loadNative } from './onnxruntime-node.js';
import type { Runtime } from './runtime.js';
import { loadWasm } from './onnxruntime-web.js';
import { importTfjsNode } from './tfjs-node.js';

export type {
  Backend,
  BackendName,
  Executable,
  FloatTensor,
  LoadOptions,
  Model,
  StepPart,
  Values,
} from './backend.js';

/** How many threads a step gets where the user does not say: as many as can run at the same time. */
export const defaultThreads = (): number =>
  Math.min(MOST_THREADS, processors(), threadsOfSessions());

/**
 * The threads that a run goes on with: more than can run at the same time wait for one another many times longer than they compute.
 *
 * @param before those that it began with.
 */
export function threadsHere(before: number, warn: (message: string) => void): number {
  const most = defaultThreads();
  if (before <= most) return before;
  warn(
    `the run began with ${before} threads, of which ${most} can run at the same time here: it goes on with ${most} (--threads ${before} keeps them, many times slower)`,
  );
  return most;
}

/** How the wasm backend runs steps. */
export interface WasmOptions {
  /** Whether WebAssembly is generated for a step where it can be (default); onnxruntime-web runs the others. */
  readonly generate?: boolean;
  /** Multiplies and adds in one instruction (relaxed SIMD), which is faster, and rounds as the processor does. */
  readonly fusedMultiplyAdd?: boolean;
}

/**
 * Loads a backend.
 *
 * @param name `auto` takes the first that loads, in the order of {@link BACKEND_NAMES}.
 * @throws UserError for a name that is none; RunError where the named backend does not load here, with the reason.
 */
export async function loadBackend(
  name: string,
  threads = defaultThreads(),
  options: WasmOptions = {},
): Promise<Backend> {
  if (options.fusedMultiplyAdd === true && !['auto', 'wasm'].includes(name))
    throw new UserError(
      `--fused-multiply-add: found it with --backend ${name}, expected wasm, whose generated code alone has it`,
    );
  if (options.fusedMultiplyAdd === true) return load('wasm', threads, options);
  if (name !== 'auto') {
    const known = BACKEND_NAMES.find((candidate) => candidate === name);
    if (known === undefined)
      throw new UserError(`--backend: found "${name}", expected auto, ${BACKEND_NAMES.join(', ')}`);
    return load(known, threads, options);
  }
  const failures: string[] = [];
  for (const candidate of BACKEND_NAMES) {
    try {
      const backend = await load(candidate, threads, options);
      if (failures.length === 0) return backend;
      return { ...backend, slower: slowerText(candidate, failures) };
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      failures.push(error.message);
    }
  }
  throw new RunError(`no backend loads here: ${failures.join('; ')}`);
}

function slowerText(taken: BackendName, failures: readonly string[]): string {
  const cost =
    taken === 'wasm'
      ? 'takes 2.4 to 3 times as long'
      : 'takes hundreds of times as long, too long to train with';
  return `${failures.join('; ')}; steps run on ${taken}, which ${cost}`;
}

async function load(
  name: BackendName,
  threads: number,
  { generate = true, fusedMultiplyAdd = false }: WasmOptions,
): Promise<Backend> {
  switch (name) {
    case 'native':
      return compiledBackend(
        await orExplain(name, () => loadNative(threads), nativeRemedy),
        NATIVE,
      );
    case 'wasm': {
      const bits = fusedMultiplyAdd ? await fusedMultiplyAddBits() : undefined;
      const backend = compiledBackend(
        await orExplain(
          name,
          () => loadWasm(threads),
          () => 'install gan-mnist again',
        ),
        generate ? wasmTarget(threads, fusedMultiplyAdd) : ONNX_WEB,
      );
      return { ...backend, ...(bits !== undefined && { fusedMultiplyAdd: bits }) };
    }
    case 'cpu': {
      const { version_cpu } = await import('@tensorflow/tfjs-backend-cpu');
      return (await import('./eager.js')).eagerBackend(
        'cpu',
        'cpu',
        `@tensorflow/tfjs-backend-cpu ${version_cpu}`,
      );
    }
    case 'tensorflow': {
      const version = await orExplain(
        name,
        importTfjsNode,
        () =>
          'install the package @tensorflow/tfjs-node beside gan-mnist (Node 22 or older), or use --backend native',
      );
      return (await import('./eager.js')).eagerBackend(
        'tensorflow',
        'tensorflow',
        `@tensorflow/tfjs-node ${version}`,
      );
    }
  }
}

async function orExplain<T>(
  name: BackendName,
  attempt: () => Promise<T>,
  remedyFor: (reason: string) => string,
): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    const [reason] = messageOf(error).split('\n');
    throw new RunError(`the backend ${name} does not load here (${reason}): ${remedyFor(reason)}`, {
      cause: error,
    });
  }
}

function nativeRemedy(reason: string): string {
  if (/has no library for|--allow-addons|addons is disabled|in Jest/.test(reason))
    return 'use --backend wasm';
  if (reason.includes('too few threads')) return 'take --threads 1';
  return /GLIBC|ld-linux|libc\.so|libstdc/.test(reason)
    ? 'its library needs glibc 2.28 or later, which Alpine Linux and old systems do not have; an image such as node:24-slim has it'
    : 'install gan-mnist again';
}

/** Ops that were named as slow: once in a process. */
const named = new Set<string>();

function compiledBackend(runtime: Runtime, target: Target): Backend {
  return {
    name: runtime.name,
    library: runtime.library,
    threads: runtime.threads,
    target,
    load: async (compiled, options = {}) => {
      const { warn = (text: string) => process.emitWarning(text) } = options;
      if (compiled.kind === 'eager' || !isSame(compiled.target, target))
        throw new RunError(
          `a step that was compiled for the target ${targetText(compiled.target)} does not run on ${targetText(target)}: compile it for \`backend.target\``,
        );
      // Loaded when there is a step: models alone need it not.
      const { loadStep } = await import('./executable.js');
      if (target.generated === 'all') {
        runtime.leaveThreads?.();
        const { opsWithoutCode } = await import('../compiler/plan/print.js');
        for (const op of opsWithoutCode(compiled)) {
          if (named.has(op)) continue;
          named.add(op);
          warn(`${op} has no generated code: ${runtime.library} computes it, which is slower`);
        }
      }
      return loadStep(compiled, runtime, { ...options, warn });
    },
    loadModel: (model) => loadModel(runtime, model),
  };
}

async function loadModel(runtime: Runtime, bytes: Uint8Array): Promise<Model> {
  const session = await runtime.createSession(bytes);
  return {
    async run(inputs) {
      const feeds = Object.fromEntries(
        Object.entries(inputs).map(([name, { data, shape }]) => [
          name,
          runtime.tensor('float32', data, shape),
        ]),
      );
      const results = await session.run(feeds);
      return Object.fromEntries(
        Object.entries(results).map(([name, { data, dims }]): [string, FloatTensor] => [
          name,
          { data: data as Float32Array, shape: dims },
        ]),
      );
    },
    dispose: () => session.release(),
  };
}
