import type { Builder } from './graph/builder.js';
import type { Graph } from './graph/graph.js';
import { encodeOnnx, type Port } from './onnx/encode.js';
import { assign, type Assignment } from './plan/assign.js';
import { place, type Placement } from './plan/memory.js';
import { schedule, type OnnxStage, type Stage } from './plan/schedule.js';
import { simplify } from './simplify/simplify.js';
import type { Target } from './target.js';
import { trace, type Step, type TraceOptions } from './trace/trace.js';
import { sizeOf, storageOf, type Value } from './graph/value.js';
import { encodeProgram, type Program } from './wasm/program.js';

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

/** What each phase makes; of `simplify` also the name of each rewrite as it is applied. */
export interface Phases {
  readonly trace: Graph;
  readonly rewrite: string;
  readonly simplify: Graph;
  readonly assign: Assignment;
  readonly schedule: readonly Stage[];
  readonly place: Placement;
  readonly encode: CompiledStep;
}

/** Told what a phase has made, as it ends. */
export type FollowPhases = <Phase extends keyof Phases>(phase: Phase, made: Phases[Phase]) => void;

/**
 * Compiles a step that is written in plain TensorFlow.js for a backend (`backend.target`).
 *
 * @throws RunError where the step cannot be traced (see {@link trace}), or has what the target cannot compute.
 */
export function compile(
  step: Step,
  target: Target,
  options: TraceOptions,
  follow: FollowPhases = () => {},
): Compiled {
  if (target.name === 'eager') return { kind: 'eager', target, step, options };
  const done = <Phase extends keyof Phases>(phase: Phase, made: Phases[Phase]): Phases[Phase] => {
    follow(phase, made);
    return made;
  };
  const { graph: traced, builder } = trace(step, options);
  follow('trace', traced);
  const simplified = simplify(traced, builder, undefined, (name) => follow('rewrite', name));
  const graph = done('simplify', withOwnArrays(simplified, builder));
  const assignment = done('assign', assign(graph, target));
  const stages = done('schedule', schedule(graph, assignment, target));
  const placement = done('place', place(graph, stages, target));
  return done('encode', encode(target, graph, stages, placement));
}

/** The last phase: what was planned as bytes. @throws RunError where the arrays are beyond 4 GB. */
export function encode(
  target: Target,
  graph: Graph,
  stages: readonly Stage[],
  placement: Placement,
): CompiledStep {
  const program = encodeProgram(stages, placement, target.threads);
  const ports = (values: readonly Value[], name: (k: number) => string): Port[] =>
    values.map((value, k) => ({ name: name(k), value }));
  const models = stages
    .filter((stage) => stage.kind === 'onnx')
    .map((stage, k): [OnnxStage, Uint8Array] => [
      stage,
      encodeOnnx(`stage ${k}`, ports(stage.operands, inputPort), ports(stage.results, outputPort)),
    ]);
  return { kind: 'compiled', target, graph, stages, placement, program, models: new Map(models) };
}

/** The names of a model's inputs and outputs, by their number in the stage. */
export const inputPort = (k: number): string => `%in${k}`;
export const outputPort = (k: number): string => `%out${k}`;

/**
 * A graph whose outputs, and states that become another state, are copies of their own where they are not computed: the caller may keep
 * an input or a variable from before the step, and states may be swapped.
 */
function withOwnArrays(graph: Graph, builder: Builder): Graph {
  const own = (value: Value, ...shared: Value['source']['kind'][]): Value =>
    sizeOf(value.shape) > 0 && shared.includes(storageOf(value).source.kind)
      ? builder.op('Expand', [value], { shape: value.shape })
      : value;
  return {
    ...graph,
    states: graph.states.map((state) =>
      state.next === state.current ? state : { ...state, next: own(state.next, 'state') },
    ),
    outputs: new Map(
      [...graph.outputs].map(([name, x]) => [name, own(x, 'input', 'state', 'constant')]),
    ),
  };
}
