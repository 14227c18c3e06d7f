import { RunError } from '../errors.js';
import { rootsOf, type Graph } from './graph/graph.js';
import { attributesKey } from './graph/keys.js';
import { topological, type TypedValues, type Value } from './graph/value.js';
import { encodeOnnx, withFreeBatch } from './onnx/encode.js';
import { simplify } from './simplify/simplify.js';
import { trace, type Step, type TraceOptions } from './trace/trace.js';

/**
 * Prepares a stateless step (a model's prediction) for export as one ONNX model with the weights inside. Inputs and
 * outputs keep their names; their first dimension is free.
 *
 * @param halfPrecision keeps the weights in half precision.
 * @returns a function from the state's values, by name, to the model's bytes.
 * @throws RunError where the step assigns a variable, draws random numbers, or does something else for another number of
 *   rows; also where {@link trace} does.
 */
export function exporter(
  name: string,
  step: Step,
  options: TraceOptions,
  halfPrecision = false,
): (weights: ReadonlyMap<string, TypedValues>) => Uint8Array {
  const graph = freeGraph(step, options);
  checkStateless(graph);
  checkAnyBatch(graph, freeGraph(step, { ...options, inputs: withOneRowMore(options.inputs) }));
  const inputs = graph.inputs.map((value) => ({
    value,
    name: value.source.kind === 'input' ? value.source.name : '',
  }));
  const outputs = [...graph.outputs].map(([output, value]) => ({ value, name: output }));
  return (weights) =>
    encodeOnnx(name, inputs, outputs, { freeBatch: true, weights, halfPrecision });
}

function freeGraph(step: Step, options: TraceOptions): Graph {
  const traced = trace(step, { ...options, freeBatch: true });
  return simplify(traced.graph, traced.builder);
}

const withOneRowMore = (inputs: TraceOptions['inputs']): TraceOptions['inputs'] =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, spec]) => {
      const [rows, ...rest] = spec.shape;
      return [name, rows === undefined ? spec : { ...spec, shape: [rows + 1, ...rest] }];
    }),
  );

function checkStateless({ inputs, states }: Graph): void {
  if (inputs.some(({ source }) => source.kind === 'input' && source.draw !== undefined))
    throw new RunError('a step that draws random numbers cannot be exported: give them as inputs');
  const assigned = states.find(({ current, next }) => next !== current);
  if (assigned !== undefined)
    throw new RunError(
      `the step assigns its variable ${assigned.name}: only a step that leaves its variables as they are can be exported`,
    );
}

/** Compares the graphs of two numbers of rows: what the model says of either must be the same. */
function checkAnyBatch(graph: Graph, other: Graph): void {
  const [values, others] = [graph, other].map((each) => topological(rootsOf(each)));
  const k = values.findIndex(
    (value, index) => others[index] === undefined || textOf(value) !== textOf(others[index]),
  );
  if (k < 0 && values.length === others.length) return;
  const op = values[k]?.origin ?? others[values.length]?.origin ?? 'an op';
  throw new RunError(
    `the model cannot be exported for any number of rows: ${op} depends on how many there are`,
  );
}

/** A value as the model has it, but for its operands, which are compared at their own place. */
function textOf(value: Value): string {
  const { source } = value;
  if (source.kind === 'constant')
    return `constant ${value.dtype} [${value.shape.join()}] ${source.data.join()}`;
  if (source.kind !== 'node') return `${source.kind} ${source.name}`;
  return `${source.op} ${attributesKey(withFreeBatch(value) as object)}`;
}
