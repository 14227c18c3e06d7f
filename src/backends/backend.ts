import type { RandomSource } from '../compiler/trace/random.js';
import type { Compiled } from '../compiler/compile.js';
import type { Target } from '../compiler/target.js';

export const BACKEND_NAMES = ['native', 'wasm', 'cpu', 'tensorflow'] as const;
export type BackendName = (typeof BACKEND_NAMES)[number];

/** Executes steps. */
export interface Backend {
  readonly name: BackendName;
  /** The library that computes, with its version. */
  readonly library: string;
  readonly threads: number;
  /** Of one that `auto` took because faster ones do not load here: why, and how much longer it takes. */
  readonly slower?: string;
  /** What steps are compiled for that it loads. */
  readonly target: Target;
  /** Where products are computed by fused multiply-adds: the bits of one, which differ between processors. */
  readonly fusedMultiplyAdd?: string;
  /** Makes a compiled step ready to run; its state starts from the values that its variables had when it was traced. */
  load(compiled: Compiled, options?: LoadOptions): Promise<Executable>;
  /** Loads an ONNX model; undefined where the backend runs TensorFlow.js itself. */
  readonly loadModel?: (model: Uint8Array) => Promise<Model>;
}

export interface LoadOptions {
  /**
   * What the step's own draws come from; without it, a step that draws is an error. Each run draws from it before it
   * computes. Its state is the caller's to save and to restore, beside that of {@link Executable.readState}.
   */
  readonly random?: RandomSource;
  /** Told once of each op that a slower engine computes, and of threads that are lost; by default `process.emitWarning`. */
  readonly warn?: (sentence: string) => void;
  /** Told of each part of a run how long it took; a stage of generated code is then run a call at a time. Not for eager backends. */
  readonly timed?: (part: StepPart, milliseconds: number) => void;
}

/** A part of a compiled step: a stage by its number, of generated code a call of it by its number. */
export interface StepPart {
  readonly stage: number;
  readonly call?: number;
}

export type Values = Float32Array | Int32Array | Uint8Array;

/** A step that runs again and again on its own state. */
export interface Executable {
  /** Memory of the inputs, by name: write into it, then run. */
  readonly inputs: Readonly<Record<string, Values>>;
  /**
   * Runs the step once. The result's arrays, by output name, are overwritten by the next run. After a run that fails, the
   * state is neither old nor new: the step must be loaded again.
   */
  run(): Promise<Readonly<Record<string, Values>>>;
  /** A copy of the state, by name. */
  readState(): Map<string, Values>;
  /** Replaces the state; names and lengths must be those of {@link readState}. */
  writeState(state: ReadonlyMap<string, Values>): void;
  /** Frees memory and threads, after the run that is going on. */
  dispose(): Promise<void>;
}

/** A loaded ONNX model. */
export interface Model {
  /**
   * @param inputs float32 tensors by name.
   * @returns the output tensors by name.
   */
  run(inputs: Readonly<Record<string, FloatTensor>>): Promise<Record<string, FloatTensor>>;
  dispose(): Promise<void>;
}

export interface FloatTensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** The named part of a state, checked: one that is missing, or not like `own`, is a bug of the caller. */
export function stateValues(state: ReadonlyMap<string, Values>, name: string, own: Values): Values {
  const values = state.get(name);
  if (values === undefined) throw new Error(`state ${name} is missing`);
  if (values.length !== own.length)
    throw new Error(`state ${name} has ${values.length} elements, expected ${own.length}`);
  if (values.constructor !== own.constructor)
    throw new Error(
      `state ${name} is a ${values.constructor.name}, expected a ${own.constructor.name}`,
    );
  return values;
}
