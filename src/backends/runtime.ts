import type { InferenceSession, Tensor, TypedTensor } from 'onnxruntime-common';

/** Tensors by name. */
export type Tensors = Readonly<Record<string, TypedTensor<Tensor.Type>>>;

/** A model whose inputs and outputs have their places in memory. */
export interface BoundModel {
  run(): Promise<void>;
  release(): Promise<void>;
}

export type OptimisationLevel = 'all' | 'disabled';

/** An ONNX Runtime: compiled for the machine, or to WebAssembly. */
export interface Runtime {
  readonly name: 'native' | 'wasm';
  readonly library: string;
  readonly threads: number;
  /** Leaves the processors to generated steps: what is not started yet is to run on one thread. */
  leaveThreads?(): void;
  /** @param level of ONNX Runtime's own optimisation of the graph. */
  createSession(model: Uint8Array, level?: OptimisationLevel): Promise<InferenceSession>;
  /** Loads a model that from then on reads its inputs where they are and leaves its outputs in their places. */
  bind(
    model: Uint8Array,
    inputs: Tensors,
    outputs: Tensors,
    level?: OptimisationLevel,
  ): Promise<BoundModel>;
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
  logSeverityLevel: 3,
};

/**
 * Up to how many ops ONNX Runtime optimises a graph: what that takes grows with the square, 0.9 s for the 5,000 ops of an LSTM of 128
 * steps, 19.5 s for the 20,000 of one of 500, which load in 2.7 s as they are.
 */
const MOST_OPTIMISED = 10_000;

export const levelFor = (ops: number): OptimisationLevel =>
  ops > MOST_OPTIMISED ? 'disabled' : 'all';
