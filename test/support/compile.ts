import type { Backend, Executable, LoadOptions } from '../../src/backends/index.js';
import { compile, encode, type CompiledStep } from '../../src/compiler/compile.js';
import type { Graph } from '../../src/compiler/graph/graph.js';
import { assign } from '../../src/compiler/plan/assign.js';
import { place } from '../../src/compiler/plan/memory.js';
import { schedule } from '../../src/compiler/plan/schedule.js';
import { NATIVE, type Target } from '../../src/compiler/target.js';
import type { Step, TraceOptions } from '../../src/compiler/trace/trace.js';

/** Compiles a step for a backend and loads it. */
export async function load(
  backend: Backend,
  step: Step,
  options: TraceOptions & LoadOptions,
): Promise<Executable> {
  return backend.load(compile(step, backend.target, options), options);
}

/** A step compiled for a target that is not eager. */
export function compiledFor(target: Target, step: Step, options: TraceOptions): CompiledStep {
  const compiled = compile(step, target, options);
  if (compiled.kind !== 'compiled') throw new Error('an eager step is not compiled');
  return compiled;
}

/** A step's graph as it is run. */
export const simplifiedGraph = (step: Step, options: TraceOptions): Graph =>
  compiledFor(NATIVE, step, options).graph;

/** The phases after `simplify`, of a graph that no step was traced for. */
export function compileGraph(graph: Graph, target: Target): CompiledStep {
  const stages = schedule(graph, assign(graph, target), target);
  return encode(target, graph, stages, place(graph, stages, target));
}
