import type { Program } from '../compiler/wasm/program.js';
import { storageOf, type Value } from '../compiler/graph/value.js';
import type { RandomSource } from '../compiler/trace/random.js';
import { othersTurn, stateValues, type Executable, type Values } from './backend.js';
import { drawsOf, givenInputs } from './draws.js';
import { viewOf } from './memory.js';
import { startThreads } from './thread-pool.js';

/** Loads a generated program: its module, its memory, and a worker for each thread but this one. */
export async function loadGenerated(program: Program, random?: RandomSource): Promise<Executable> {
  const { graph, pages, addresses, scratch, callWords, copies } = program;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const view = (value: Value): Values => viewOf(memory, value, addresses.get(storageOf(value))!);
  new Int32Array(memory.buffer, callWords.address).set(callWords.words);
  for (const value of addresses.keys())
    if (value.source.kind === 'constant') view(value).set(value.source.data);
  for (const { current, initial } of graph.states) view(current).set(initial);

  const draw = drawsOf(graph.inputs, view, random);

  const module = await WebAssembly.compile(program.module);
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  const runCalls = exports['run'] as (workers: number, scratch: number) => void;
  const pool = await startThreads(module, memory, scratch.slice(1));

  const moves = copies.map(({ current, next }) => ({
    from: view(next),
    to: view(current),
    // Another state's old value, which by the time of the copy may be its new one.
    old: storageOf(next).source.kind === 'state' ? view(next).slice() : undefined,
  }));
  const outputs = [...graph.outputs].map(([name, value]) => {
    const values = view(value);
    // A reshaped input or state is not computed: the output has a copy.
    const copied = storageOf(value).source.kind === 'node' ? undefined : values.slice();
    return { name, values, copied };
  });
  const results = Object.fromEntries(
    outputs.map(({ name, values, copied }) => [name, copied ?? values]),
  );
  const states = graph.states.map(({ name, current }) => ({ name, values: view(current) }));
  return {
    inputs: givenInputs(graph.inputs, view),
    async run() {
      await othersTurn();
      draw();
      for (const { from, old } of moves) old?.set(from);
      runCalls(pool.size, scratch[0]);
      for (const { values, copied } of outputs) copied?.set(values);
      for (const { from, to, old } of moves) to.set(old ?? from);
      return results;
    },
    readState: () => new Map(states.map(({ name, values }) => [name, values.slice()])),
    writeState(state) {
      for (const { name, values } of states) values.set(stateValues(state, name, values.length));
    },
    dispose: () => pool.end(),
  };
}
