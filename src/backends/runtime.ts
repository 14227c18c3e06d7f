import type { InferenceSession, Tensor, TypedTensor } from 'onnxruntime-common';

/** Tensors by name. */
export type Tensors = Readonly<Record<string, TypedTensor<Tensor.Type>>>;

/** A model whose inputs and outputs have their places in memory. */
export interface BoundModel {
  run(): Promise<void>;
  release(): Promise<void>;
}

/** An ONNX Runtime: compiled for the machine, or to WebAssembly. */
export interface Runtime {
  readonly name: 'native' | 'wasm';
  readonly library: string;
  readonly threads: number;
  /** Leaves the processors to generated steps: what is not started yet is to run on one thread. */
  leaveThreads?(): void;
  createSession(model: Uint8Array): Promise<InferenceSession>;
  /** Loads a model that from then on reads its inputs where they are and leaves its outputs in their places. */
  bind(model: Uint8Array, inputs: Tensors, outputs: Tensors): Promise<BoundModel>;
  tensor(
    type: Tensor.Type,
    data: Tensor.DataType,
    shape: readonly number[],
  ): TypedTensor<Tensor.Type>;
}

/** What every session of either is created with. */
export const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3,
};
