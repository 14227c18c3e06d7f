import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import { RunError, UserError } from '../errors.js';
import {
  BACKEND_NAMES,
  type Backend,
  type BackendName,
  type FloatTensor,
  type Model,
} from './backend.js';
import { loadNative } from './native.js';
import type { Runtime } from './runtime.js';
import { loadWasm } from './wasm.js';

export type { Backend, BackendName, Executable, Model, PrepareOptions, Values } from './backend.js';

/** How many threads a step gets where the user does not say: the machine's processors. */
export const defaultThreads = (): number => availableParallelism();

/** How the wasm backend runs steps. */
export interface WasmOptions {
  /** Whether WebAssembly is generated for a step where it can be (default); onnxruntime-web runs the others. */
  readonly generate?: boolean;
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
  { generate = true }: WasmOptions,
): Promise<Backend> {
  switch (name) {
    case 'native':
      return compiledBackend(await orExplain(name, () => loadNative(threads), nativeRemedy));
    case 'wasm':
      return compiledBackend(
        await orExplain(
          name,
          () => loadWasm(threads),
          () => 'install gan-mnist again',
        ),
        generate,
      );
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
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new RunError(`the backend ${name} does not load here (${reason}): ${remedyFor(reason)}`, {
      cause: error,
    });
  }
}

function nativeRemedy(reason: string): string {
  if (reason.includes('has no library for')) return 'use --backend wasm';
  return /GLIBC|ld-linux|libc\.so|libstdc/.test(reason)
    ? 'its library needs glibc 2.28 or later, which Alpine Linux and old systems do not have; an image such as node:24-slim has it'
    : 'install gan-mnist again';
}

function compiledBackend(runtime: Runtime, generate = false): Backend {
  return {
    name: runtime.name,
    library: runtime.library,
    threads: runtime.threads,
    // Sampling needs no TensorFlow.js: what compiles and runs steps is loaded when there is a step.
    prepare: async (step, options) => {
      const [{ compileGraph, simplifiedGraph }, { loadCompiled }] = await Promise.all([
        import('../compiler/compile.js'),
        import('./compiled.js'),
      ]);
      const graph = simplifiedGraph(step, options);
      if (generate) {
        const { canGenerate, generateProgram } = await import('../compiler/wasm/program.js');
        if (canGenerate(graph)) {
          const { loadGenerated } = await import('./generated.js');
          runtime.leaveThreads?.();
          return loadGenerated(generateProgram(graph, runtime.threads), options.random);
        }
      }
      return loadCompiled(runtime, compileGraph(graph), options.random);
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

/** The user's own @tensorflow/tfjs-node: beside this package, or in the folder that the user works in. */
async function importTfjsNode(): Promise<string> {
  const name = '@tensorflow/tfjs-node';
  // TensorFlow's own log lines on stderr are not for our users; what they set themselves stays.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  interface TfjsNode {
    version: Record<string, string>;
  }
  const place = await import(name).then(
    (module) => module as TfjsNode,
    async (error: unknown) => {
      let path: string;
      try {
        path = createRequire(`${process.cwd()}/`).resolve(name);
      } catch {
        throw error;
      }
      return (await import(pathToFileURL(path).href)) as TfjsNode;
    },
  );
  return place.version['tfjs-node'] ?? place.version.tfjs;
}
