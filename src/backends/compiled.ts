import { portName, type CompiledStep } from '../compiler/compile.js';
import { isWrittenInPlace } from '../compiler/plan/plan.js';
import { sizeOf, type Value } from '../compiler/graph/value.js';
import type { RandomSource } from '../compiler/trace/random.js';
import { stateValues, type Executable, type Values } from './backend.js';
import { drawsOf, givenInputs } from './draws.js';
import { StepMemory } from './memory.js';
import type { BoundModel, Runtime, Tensors } from './runtime.js';

const KERNEL_GROUP_BYTES = 16;

/** Loads a compiled step into an ONNX Runtime: a session for each graph, the kernels between them, memory they share. */
export async function loadCompiled(
  runtime: Runtime,
  { plan, models, module, functionOf }: CompiledStep,
  random?: RandomSource,
): Promise<Executable> {
  const { graph, stages, copies } = plan;
  const aliases = new Map(
    graph.states
      .filter((state) => state.next !== state.current && isWrittenInPlace(state, graph, stages))
      .map(({ next, current }) => [next, current] as const),
  );
  const ports = stages.flatMap((stage) =>
    stage.kind === 'graph'
      ? [...stage.inputs, ...stage.outputs]
      : [...stage.operands, ...stage.kernel.results],
  );
  const constants = copies
    .map(({ next }) => next)
    .filter(({ source }) => source.kind === 'constant');
  const memory = new StepMemory(
    [...graph.inputs, ...graph.states.map(({ current }) => current), ...constants, ...ports],
    aliases,
  );
  const { instance } = await WebAssembly.instantiate(module, { env: { memory: memory.memory } });
  for (const { current, initial } of graph.states) memory.view(current).set(initial);
  for (const value of constants)
    if (value.source.kind === 'constant') memory.view(value).set(value.source.data);

  const tensors = (values: readonly Value[]): Tensors =>
    Object.fromEntries(
      values.map((value) => [
        portName(value),
        runtime.tensor(value.dtype, memory.view(value), value.shape),
      ]),
    );
  const view = (value: Value): Values => memory.view(value);
  const draw = drawsOf(graph.inputs, view, random);
  const bound: BoundModel[] = [];
  const actions: (() => Promise<void> | void)[] = [];
  for (const stage of stages) {
    if (stage.kind === 'graph') {
      const model = await runtime.bind(
        models.get(stage)!,
        tensors(stage.inputs),
        tensors(stage.outputs),
      );
      bound.push(model);
      actions.push(() => model.run());
    } else {
      const { results } = stage.kernel;
      const kernel = instance.exports[functionOf.get(stage.kernel)!] as (
        ...addresses: number[]
      ) => void;
      const bytes =
        Math.ceil((sizeOf(results[0].shape) * 4) / KERNEL_GROUP_BYTES) * KERNEL_GROUP_BYTES;
      const addresses = [...stage.operands, ...results].map((value) => memory.offset(value));
      actions.push(() => kernel(...addresses, bytes));
    }
  }
  const moves = copies.map(({ current, next }) => ({
    from: memory.view(next),
    to: memory.view(current),
    // Another state's old value, which by the time of the copy may be its new one.
    old: next.source.kind === 'state' ? memory.view(next).slice() : undefined,
  }));
  const outputs = Object.fromEntries(
    [...graph.outputs].map(([name, value]) => [name, memory.view(value)]),
  );
  const states = graph.states.map(({ name, current }) => ({ name, values: memory.view(current) }));
  return {
    inputs: givenInputs(graph.inputs, view),
    async run() {
      draw();
      for (const action of actions) {
        const pending = action();
        if (pending !== undefined) await pending;
      }
      for (const { from, old } of moves) old?.set(from);
      for (const { from, to, old } of moves) to.set(old ?? from);
      return outputs;
    },
    readState: () => new Map(states.map(({ name, values }) => [name, values.slice()])),
    writeState(state) {
      for (const { name, values } of states) values.set(stateValues(state, name, values.length));
    },
    async dispose() {
      for (const model of bound) await model.release();
    },
  };
}
