import type { Values } from '../../../src/backends/backend.js';
import { Builder } from '../../../src/compiler/graph/builder.js';
import type { DType, Value } from '../../../src/compiler/graph/value.js';
import { loadBackend } from '../../../src/backends/index.js';
import { wasmTarget } from '../../../src/compiler/target.js';
import { compileGraph } from '../../support/compile.js';

export interface InputTensor {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
  readonly dtype?: DType;
}

/** Runs ops on inputs in generated WebAssembly: the results, by name, as they are in memory. */
export async function runOps(
  inputs: Readonly<Record<string, InputTensor>>,
  build: (builder: Builder, inputs: Record<string, Value>) => Record<string, Value>,
  threads = 1,
  fusedMultiplyAdd = false,
): Promise<Record<string, Values>> {
  const builder = new Builder();
  const values = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, dtype = 'float32' }]) => [
      name,
      builder.input(name, shape, dtype),
    ]),
  );
  const graph = {
    inputs: Object.values(values),
    states: [],
    outputs: new Map(Object.entries(build(builder, values))),
  };
  const compiled = compileGraph(graph, wasmTarget(threads, fusedMultiplyAdd));
  if (compiled.models.size > 0) throw new Error('not all WebAssembly is generated for this graph');
  const backend = await loadBackend('wasm', threads, { fusedMultiplyAdd });
  const executable = await backend.load(compiled);
  for (const [name, { values: given }] of Object.entries(inputs))
    executable.inputs[name].set(given);
  const outputs = Object.entries(await executable.run());
  await executable.dispose();
  return Object.fromEntries(outputs.map(([name, result]) => [name, result.slice()]));
}
