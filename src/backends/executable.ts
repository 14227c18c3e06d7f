import { RunError } from '../errors.js';
import { inputPort, outputPort, type CompiledStep } from '../compiler/compile.js';
import { sizeOf, storageOf, type Value } from '../compiler/graph/value.js';
import { opOf } from '../compiler/plan/print.js';
import type { Stage, WasmStage } from '../compiler/plan/schedule.js';
import type { RandomSource } from '../compiler/trace/random.js';
import { callAt } from '../compiler/wasm/program.js';
import { FAILED, JOB, PENDING } from '../compiler/wasm/threads.js';
import { othersTurn, stateValues, type Executable, type Values } from './backend.js';
import { drawsOf, givenInputs } from './draws.js';
import { inOrder } from './in-order.js';
import type { BoundModel, Runtime, Tensors } from './runtime.js';
import { startThreads, type ThreadPool } from './thread-pool.js';

/** The generated part of a step, ready to run. */
interface Instance {
  readonly memory: WebAssembly.Memory;
  /** The first words of the memory: what its threads tell one another. */
  readonly control: Int32Array;
  readonly run: (scratch: number, from: number, to: number) => void;
  readonly pool: ThreadPool;
}

/**
 * Loads a compiled step: its module, its memory, a worker for each thread but this one, and a session for each ONNX stage.
 *
 * @param runtime computes the ONNX stages.
 * @throws RunError where the machine has not the memory.
 */
export async function loadStep(
  compiled: CompiledStep,
  runtime: Runtime,
  random?: RandomSource,
): Promise<Executable> {
  const { graph, stages, placement } = compiled;
  const instance = await instantiate(compiled);
  const { memory, pool } = instance;
  const view = (value: Value): Values =>
    viewOf(memory, value, placement.addresses.get(storageOf(value))!);
  for (const value of placement.addresses.keys())
    if (value.source.kind === 'constant') view(value).set(value.source.data);
  for (const { current, initial } of graph.states) view(current).set(initial);

  const draw = drawsOf(graph.inputs, view, random);
  const models: BoundModel[] = [];
  const actions: (() => Promise<void> | void)[] = [];
  for (const stage of stages) {
    if (stage.kind === 'wasm') {
      actions.push(() => runCalls(compiled, instance, stage));
      continue;
    }
    const tensors = (values: readonly Value[], name: (k: number) => string): Tensors =>
      Object.fromEntries(
        values.map((value, k) => [name(k), runtime.tensor(value.dtype, view(value), value.shape)]),
      );
    const model = await runtime.bind(
      compiled.models.get(stage)!,
      tensors(stage.inputs, inputPort),
      tensors(stage.outputs, outputPort),
    );
    models.push(model);
    actions.push(() => model.run());
  }
  const waits = stages.some(isOnnx);
  const moves = placement.copies.map(({ current, next }) => ({
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
  return inOrder({
    inputs: givenInputs(graph.inputs, view),
    async run() {
      if (!waits) await othersTurn();
      pool.check();
      draw();
      for (const { from, old } of moves) old?.set(from);
      for (const action of actions) {
        const pending = action();
        if (pending !== undefined) await pending;
      }
      for (const { values, copied } of outputs) copied?.set(values);
      for (const { from, to, old } of moves) to.set(old ?? from);
      return results;
    },
    readState: () => new Map(states.map(({ name, values }) => [name, values.slice()])),
    writeState(state) {
      const written = states.map(({ name, values }) => stateValues(state, name, values));
      states.forEach(({ values }, k) => values.set(written[k]));
    },
    async dispose() {
      for (const model of models) await model.release();
      await pool.end();
    },
  });
}

const isOnnx = ({ kind }: Stage): boolean => kind === 'onnx';

async function instantiate({ program }: CompiledStep): Promise<Instance> {
  const { pages, shared, callWords, scratch } = program;
  let memory: WebAssembly.Memory;
  try {
    memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch (error) {
    const megabytes = Math.ceil(pages / 16);
    throw new RunError(
      `the step's arrays take ${megabytes} MB, which this process does not get: make the batch or the model smaller`,
      { cause: error },
    );
  }
  const control = new Int32Array(memory.buffer);
  control.set(callWords.words, callWords.address / 4);
  const module = await WebAssembly.compile(program.module);
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  return {
    memory,
    control,
    run: exports['run'] as Instance['run'],
    pool: await startThreads(module, memory, scratch.slice(1)),
  };
}

/** Runs the calls of a stage. Gives a promise only where a worker is waited for, which may have ended. */
function runCalls(
  compiled: CompiledStep,
  { control, run, pool }: Instance,
  stage: WasmStage,
): Promise<void> | void {
  const { scratch, ranges } = compiled.program;
  const { from, to } = ranges.get(stage)!;
  const runFrom = (address: number): void => {
    try {
      run(scratch[0], address, to);
    } catch (error) {
      throw explainTrap(compiled, control[JOB / 4], error);
    }
    const failed = Atomics.load(control, FAILED / 4);
    if (failed !== 0) throw explainTrap(compiled, failed);
  };
  const join = async (): Promise<void> => {
    while (control[PENDING / 4] !== 0) {
      await othersTurn();
      pool.check();
      runFrom(control[PENDING / 4]);
    }
  };
  runFrom(from);
  if (control[PENDING / 4] !== 0) return join();
}

/** A trap as a sentence that says which op stopped, and why. */
function explainTrap({ stages, program }: CompiledStep, job: number, cause?: unknown): RunError {
  const call = callAt(stages, program, job);
  const reason = call?.task.trap ?? (cause instanceof Error ? cause.message : 'it stopped');
  const ops = new Set((call?.values ?? []).map(opOf));
  return new RunError(`${[...ops].join(', ')}: ${reason}`, { cause });
}

/** The elements of a value whose bytes begin at an address of a memory, as a view. */
function viewOf({ buffer }: WebAssembly.Memory, { shape, dtype }: Value, address: number): Values {
  const length = sizeOf(shape);
  if (dtype === 'float32') return new Float32Array(buffer, address, length);
  if (dtype === 'int32') return new Int32Array(buffer, address, length);
  return new Uint8Array(buffer, address, length);
}
