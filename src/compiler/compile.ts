import type { Builder } from './graph/builder.js';
import type { Graph } from './graph/graph.js';
import { encodeOnnx } from './onnx/encode.js';
import { assign } from './plan/assign.js';
import { place, type Placement } from './plan/memory.js';
import { schedule, type OnnxStage, type Stage } from './plan/schedule.js';
import { simplify } from './simplify/simplify.js';
import type { Target } from './target.js';
import { trace, type Step, type TraceOptions } from './trace/trace.js';
import type { Value } from './graph/value.js';
import { arraysBegin, encodeProgram, type Program } from './wasm/program.js';

/** A step that a backend can load: `backend.load`. */
export type Compiled = CompiledStep | EagerStep;

/** Compiled for ONNX Runtime and WebAssembly. */
export interface CompiledStep {
  readonly kind: 'compiled';
  readonly target: Target;
  /** The simplified graph. */
  readonly graph: Graph;
  /** What is done, in order. */
  readonly stages: readonly Stage[];
  /** Where every array is, in the one memory of all stages. */
  readonly placement: Placement;
  readonly program: Program;
  /** A model for each ONNX stage; its inputs and outputs are named by {@link inputPort} and {@link outputPort}. */
  readonly models: ReadonlyMap<OnnxStage, Uint8Array>;
}

/** The step itself, for a backend that runs TensorFlow.js. */
export interface EagerStep {
  readonly kind: 'eager';
  readonly target: Target;
  readonly step: Step;
  readonly options: TraceOptions;
}

/**
 * Compiles a step that is written in plain TensorFlow.js for a backend (`backend.target`).
 *
 * @throws RunError where the step cannot be traced (see {@link trace}), or has what the target cannot compute.
 */
export function compile(step: Step, target: Target, options: TraceOptions): Compiled {
  if (target.name === 'eager') return { kind: 'eager', target, step, options };
  const traced = trace(step, options);
  const graph = withOwnOutputs(simplify(traced.graph, traced.builder), traced.builder);
  const assignment = assign(graph, target);
  const stages = schedule(graph, assignment);
  const placement = place(graph, stages, arraysBegin(stages, target.threads));
  return encode(target, graph, stages, placement);
}

/** The last phase: what was planned as bytes. @throws RunError where the arrays are beyond 4 GB. */
export function encode(
  target: Target,
  graph: Graph,
  stages: readonly Stage[],
  placement: Placement,
): CompiledStep {
  const program = encodeProgram(stages, placement, target.threads);
  return {
    kind: 'compiled',
    target,
    graph,
    stages,
    placement,
    program,
    models: encodeModels(stages),
  };
}

/** An output has memory of its own: one that is an input, a variable or a constant is a copy of it. */
function withOwnOutputs(graph: Graph, builder: Builder): Graph {
  const computed = ([name, value]: [string, Value]): [string, Value] => [
    name,
    value.source.kind === 'node' ? value : builder.op('Reshape', [value], { shape: value.shape }),
  ];
  return { ...graph, outputs: new Map([...graph.outputs].map(computed)) };
}

/** The names of a model's inputs and outputs, by their number in the stage. */
export const inputPort = (k: number): string => `%in${k}`;
export const outputPort = (k: number): string => `%out${k}`;

function encodeModels(stages: readonly Stage[]): Map<OnnxStage, Uint8Array> {
  const models = new Map<OnnxStage, Uint8Array>();
  for (const stage of stages) {
    if (stage.kind !== 'onnx') continue;
    const inputs = stage.inputs.map((value, k) => ({ name: inputPort(k), value }));
    const outputs = stage.outputs.map((value, k) => ({ name: outputPort(k), value }));
    models.set(stage, encodeOnnx(`stage ${models.size}`, inputs, outputs));
  }
  return models;
}
