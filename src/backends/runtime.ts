import type * as Common from 'onnxruntime-common';
import type { InferenceSession, Tensor, TypedTensor } from 'onnxruntime-common';

/** An ONNX Runtime: compiled for the machine, or to WebAssembly. */
export interface Runtime {
  readonly name: 'native' | 'wasm';
  readonly library: string;
  readonly threads: number;
  /** Whether it writes results into tensors that it is handed; else it returns new ones. */
  readonly writesIntoTensors: boolean;
  createSession(model: Uint8Array): Promise<InferenceSession>;
  tensor(
    type: Tensor.Type,
    data: Tensor.DataType,
    shape: readonly number[],
  ): TypedTensor<Tensor.Type>;
}

const COMMON_OPTIONS: InferenceSession.SessionOptions = {
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3,
};

/** onnxruntime-node. Throws where it is not installed or has no library for this machine. */
export async function loadNative(threads: number): Promise<Runtime> {
  // By a name that the type checker does not follow: the package may be absent. Its types are onnxruntime-common's.
  const name: string = 'onnxruntime-node';
  const ort = (await import(name)) as typeof Common;
  const options: InferenceSession.SessionOptions = {
    ...COMMON_OPTIONS,
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    extra: {
      session: {
        // A step is several sessions in turn: threads that spin after one would take the cores from the next.
        force_spinning_stop: '1',
        // Adam's moments decay into denormal numbers, which are many times slower to compute with.
        set_denormal_as_zero: '1',
      },
    },
  };
  return {
    name: 'native',
    library: `onnxruntime-node ${ort.env.versions.node ?? ''}`.trim(),
    threads,
    writesIntoTensors: true,
    createSession: (model) => ort.InferenceSession.create(model, options),
    tensor: (type, data, shape) => new ort.Tensor(type, data, shape),
  };
}

/** onnxruntime-web, which computes in WebAssembly, also in Node.js. */
export async function loadWasm(threads: number): Promise<Runtime> {
  const ort = await import('onnxruntime-web');
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = 'error';
  return {
    name: 'wasm',
    library: `onnxruntime-web ${ort.env.versions.web ?? ''}`.trim(),
    threads,
    writesIntoTensors: false,
    createSession: (model) =>
      ort.InferenceSession.create(model, { ...COMMON_OPTIONS, executionProviders: ['wasm'] }),
    tensor: (type, data, shape) => new ort.Tensor(type, data, shape),
  };
}
