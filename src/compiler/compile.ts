import type { Graph } from './graph/graph.js';
import { encodeOnnx } from './onnx/encode.js';
import { plan, type GraphStage, type Plan } from './plan/plan.js';
import { simplify } from './simplify/simplify.js';
import { trace, type Step, type TraceOptions } from './trace/trace.js';
import type { Value } from './graph/value.js';
import { encodeModule } from './wasm/encode.js';
import { kernelFunction, kernelSignature, type FusedKernel } from './wasm/kernel.js';

/** A step that a backend can run. */
export interface CompiledStep {
  readonly plan: Plan;
  /** A model for each graph stage of the plan. Its inputs and outputs are named by {@link portName}. */
  readonly models: ReadonlyMap<GraphStage, Uint8Array>;
  /** A WebAssembly module with the fused kernels, and the function of each. */
  readonly module: Uint8Array<ArrayBuffer>;
  readonly functionOf: ReadonlyMap<FusedKernel, string>;
}

/**
 * Compiles a step that is written in plain TensorFlow.js: traces it once, simplifies the graph, divides it into graphs
 * and fused kernels, and encodes those as ONNX and as WebAssembly.
 *
 * @throws RunError where the step cannot be traced; see {@link trace}.
 */
export function compile(step: Step, options: TraceOptions): CompiledStep {
  return compileGraph(simplifiedGraph(step, options));
}

/** The phases before the plan: a step as the graph that is to be run. @throws RunError; see {@link trace}. */
export function simplifiedGraph(step: Step, options: TraceOptions): Graph {
  const traced = trace(step, options);
  const graph = simplify(traced.graph, traced.builder);
  // An output has memory of its own: one that is an input, a variable or a constant is a copy of it.
  const computed = ([name, value]: [string, Value]): [string, Value] => [
    name,
    value.source.kind === 'node'
      ? value
      : traced.builder.op('Reshape', [value], { shape: value.shape }),
  ];
  return { ...graph, outputs: new Map([...graph.outputs].map(computed)) };
}

/** The phases after it. */
export function compileGraph(graph: Graph): CompiledStep {
  return encode(plan(graph));
}

/** The name of a value in the models: its own for inputs and state, a number (`%12`) for what is computed. */
export function portName({ id, source }: Value): string {
  return source.kind === 'input' || source.kind === 'state' ? source.name : `%${id}`;
}

function encode(plan: Plan): CompiledStep {
  const models = new Map<GraphStage, Uint8Array>();
  const functionNames = new Map<string, string>();
  const functionOf = new Map<FusedKernel, string>();
  const functions = [];
  const port = (value: Value): { name: string; value: Value } => ({ name: portName(value), value });
  for (const stage of plan.stages) {
    if (stage.kind === 'graph') {
      models.set(
        stage,
        encodeOnnx(`stage ${models.size}`, stage.inputs.map(port), stage.outputs.map(port)),
      );
      continue;
    }
    const signature = kernelSignature(stage.kernel);
    let name = functionNames.get(signature);
    if (name === undefined) {
      name = `kernel${functionNames.size}`;
      functionNames.set(signature, name);
      functions.push(kernelFunction(name, stage.kernel));
    }
    functionOf.set(stage.kernel, name);
  }
  return { plan, models, module: encodeModule(functions), functionOf };
}
