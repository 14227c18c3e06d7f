import { encodeOnnx } from './onnx/encode.js';
import { simplify } from './simplify/simplify.js';
import { trace, type Step, type TraceOptions } from './trace/trace.js';
import type { TypedValues } from './graph/value.js';
import { RunError } from '../errors.js';

/**
 * Prepares a stateless step (a model's prediction) for export as one ONNX model with the weights inside. Inputs and
 * outputs keep their names; their first dimension is free.
 *
 * @param halfPrecision keeps the weights in half precision.
 * @returns a function from the state's values, by name, to the model's bytes.
 */
export function exporter(
  name: string,
  step: Step,
  options: TraceOptions,
  halfPrecision = false,
): (weights: ReadonlyMap<string, TypedValues>) => Uint8Array {
  const traced = trace(step, { ...options, freeBatch: true });
  const graph = simplify(traced.graph, traced.builder);
  if (graph.inputs.some(({ source }) => source.kind === 'input' && source.draw !== undefined))
    throw new RunError('a step that draws random numbers cannot be exported: give them as inputs');
  const inputs = graph.inputs.map((value) => ({
    value,
    name: value.source.kind === 'input' ? value.source.name : '',
  }));
  const outputs = [...graph.outputs].map(([output, value]) => ({ value, name: output }));
  return (weights) =>
    encodeOnnx(name, inputs, outputs, { freeBatch: true, weights, halfPrecision });
}
