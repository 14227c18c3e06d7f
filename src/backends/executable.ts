import { RunError } from '../errors.js';
import { addressLimit, shortageReason } from '../machine.js';
import { inputPort, outputPort, type CompiledStep } from '../compiler/compile.js';
import { ARRAYS, sizeOf, storageOf, type Value } from '../compiler/graph/value.js';
import { opOf } from '../compiler/plan/print.js';
import { valuesOf, wasmCalls } from '../compiler/plan/schedule.js';
import type { Program } from '../compiler/wasm/program.js';
import { CALL_BYTES, FAILED, JOB, PENDING } from '../compiler/wasm/threads.js';
import { othersTurn } from '../turns.js';
import {
  stateValues,
  type Executable,
  type LoadOptions,
  type StepPart,
  type Values,
} from './backend.js';
import { drawsOf, givenInputs } from './draws.js';
import { inOrder } from './in-order.js';
import { levelFor, type BoundModel, type Runtime, type Tensors } from './runtime.js';
import { startThreads, type ThreadPool } from './thread-pool.js';

/** The generated part of a step, ready to run. */
interface Instance {
  readonly memory: WebAssembly.Memory;
  /** The first words of the memory: what its threads tell one another. */
  readonly control: Int32Array;
  /** Runs the calls from one address to another on this thread, whose own memory is at `scratch`, and on the workers. */
  readonly run: (scratch: number, from: number, to: number) => void;
  readonly scratch: number;
  readonly pool: ThreadPool;
  /** What an error says of a call, in their order from the address on: its ops, and what is wrong where it traps, if it is known. */
  readonly traps: readonly { readonly ops: string; readonly reason: string | undefined }[];
  readonly callsAt: number;
}

/** A loaded step: arrays of its memory and what is done with them, nothing of the graph, which takes as much memory again. */
interface Loaded {
  readonly inputs: Record<string, Values>;
  readonly results: Record<string, Values>;
  readonly states: readonly { readonly name: string; readonly values: Values }[];
  /** Next values of states that are written elsewhere. */
  readonly copies: readonly { readonly from: Values; readonly to: Values }[];
  /** In their order. */
  readonly actions: readonly Action[];
  readonly models: readonly BoundModel[];
}

/** A part of a run: a model, or calls. */
type Action = StepPart & { readonly run: () => Promise<void> | void };

/**
 * Loads a compiled step: its module, its memory, a worker for each thread but this one, and a session for each ONNX stage.
 *
 * @param runtime computes the ONNX stages.
 * @throws RunError where the machine has not the memory.
 */
export async function loadStep(
  compiled: CompiledStep,
  runtime: Runtime,
  { random, timed, warn = () => {} }: LoadOptions = {},
): Promise<Executable> {
  const instance = await instantiate(compiled, warn);
  const { graph, placement } = compiled;
  const { buffer } = instance.memory;
  const view = (value: Value): Values =>
    new ARRAYS[value.dtype](buffer, placement.addresses.get(storageOf(value)), sizeOf(value.shape));
  for (const value of placement.addresses.keys())
    if (value.source.kind === 'constant') view(value).set(value.source.data);
  for (const { current, initial } of graph.states) view(current).set(initial);
  const loaded = {
    inputs: givenInputs(graph.inputs, view),
    results: Object.fromEntries([...graph.outputs].map(([name, value]) => [name, view(value)])),
    states: graph.states.map(({ name, current }) => ({ name, values: view(current) })),
    copies: placement.copies.map(({ current, next }) => ({ from: view(next), to: view(current) })),
    ...(await actionsOf(compiled, runtime, instance, view, timed !== undefined)),
  };
  return inOrder(executableOf(loaded, instance.pool, drawsOf(graph.inputs, view, random), timed));
}

/** Binds a step's models to its memory, and says what is done in which order. @param apart whether each call is an action. */
async function actionsOf(
  { stages, program, models: bytes }: CompiledStep,
  runtime: Runtime,
  instance: Instance,
  view: (value: Value) => Values,
  apart: boolean,
): Promise<Pick<Loaded, 'actions' | 'models'>> {
  const tensors = (values: readonly Value[], name: (k: number) => string): Tensors =>
    Object.fromEntries(
      values.map((value, k) => [name(k), runtime.tensor(value.dtype, view(value), value.shape)]),
    );
  const models: BoundModel[] = [];
  const actions: Action[] = [];
  let at = program.callWords.address;
  for (const [stage, each] of stages.entries()) {
    if (each.kind === 'onnx') {
      const inputs = tensors(each.operands, inputPort);
      const outputs = tensors(each.results, outputPort);
      const level = levelFor(valuesOf(each).length);
      const model = await runtime.bind(bytes.get(each)!, inputs, outputs, level);
      models.push(model);
      actions.push({ stage, run: () => model.run() });
      continue;
    }
    const lengths = apart ? each.calls.map(() => 1) : [each.calls.length];
    for (const [call, length] of lengths.entries()) {
      const from = at;
      at += CALL_BYTES * length;
      actions.push({ stage, ...(apart && { call }), run: callsFrom(instance, from, at) });
    }
  }
  return { actions, models };
}

function executableOf(
  { inputs, results, states, copies, actions, models }: Loaded,
  pool: ThreadPool,
  draw: () => void,
  timed: LoadOptions['timed'],
): Executable {
  return {
    inputs,
    async run() {
      if (models.length === 0) await othersTurn();
      draw();
      for (const action of actions) {
        const begin = timed === undefined ? 0 : performance.now();
        const pending = action.run();
        if (pending !== undefined) await pending;
        timed?.(action, performance.now() - begin);
      }
      for (const { from, to } of copies) to.set(from);
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
  };
}

async function instantiate(
  { program, stages }: CompiledStep,
  warn: (sentence: string) => void,
): Promise<Instance> {
  const { callWords, scratch } = program;
  const memory = memoryOf(program);
  const control = new Int32Array(memory.buffer);
  control.set(callWords.words, callWords.address / 4);
  const module = await WebAssembly.compile(program.module);
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  return {
    memory,
    control,
    run: exports['run'] as Instance['run'],
    scratch: scratch[0],
    pool: await startThreads(module, memory, scratch.slice(1), warn),
    traps: wasmCalls(stages).map(({ values, task }) => ({
      ops: [...new Set(values.map(opOf))].join(', '),
      reason: task.trap,
    })),
    callsAt: callWords.address,
  };
}

function memoryOf({ pages, shared }: Program): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch (error) {
    const megabytes = Math.ceil(pages / 16);
    const reason =
      addressLimit() < Infinity
        ? shortageReason(error)
        : 'which this process does not get: make the batch or the model smaller';
    throw new RunError(`the step's arrays take ${megabytes} MB, ${reason}`, { cause: error });
  }
}

/** What runs the calls from one address to another. Gives a promise only where a worker is waited for, which may have ended. */
function callsFrom(instance: Instance, from: number, to: number): Action['run'] {
  const { control, run, pool, scratch, traps, callsAt } = instance;
  /** A trap as a sentence that says which op stopped, and why. */
  const trapped = (job: number, cause?: unknown): RunError => {
    const { ops, reason } = traps[(job - callsAt) / CALL_BYTES];
    const found = cause instanceof Error ? cause.message : 'it stopped';
    return new RunError(`${ops}: ${reason ?? found}`, { cause });
  };
  const runFrom = (address: number): void => {
    try {
      run(scratch, address, to);
    } catch (error) {
      throw trapped(control[JOB / 4], error);
    }
    const failed = Atomics.load(control, FAILED / 4);
    if (failed !== 0) throw trapped(failed);
  };
  const join = async (): Promise<void> => {
    while (control[PENDING / 4] !== 0) {
      await othersTurn();
      pool.check();
      runFrom(control[PENDING / 4]);
    }
  };
  return () => {
    runFrom(from);
    if (control[PENDING / 4] !== 0) return join();
  };
}
