import { rootsOf, type Graph, type State } from '../graph/graph.js';
import { topological, type Value } from '../graph/value.js';
import type { WasmFunction } from './assembler.js';
import { callsOf, type Call } from '../plan/calls.js';
import { encodeModule } from './encode.js';
import { isGenerated } from './tasks/generated-ops.js';
import { aligned, planMemory } from '../plan/memory-plan.js';
import { storageOf } from '../graph/value.js';
import { SLACK_BYTES } from './tasks/task.js';
import { CALL_BYTES, controlBytes, threadFunctions } from './threads.js';

const PAGE_BYTES = 65_536;

/** A whole step as WebAssembly over one memory, on a number of threads. */
export interface Program {
  readonly graph: Graph;
  readonly calls: readonly Call[];
  readonly module: Uint8Array<ArrayBuffer>;
  readonly pages: number;
  /** Where each thread's own memory begins. */
  readonly scratch: readonly number[];
  /** Where each storage is, reshapes resolved (`storageOf`). */
  readonly addresses: ReadonlyMap<Value, number>;
  /** What stands in memory before the first run beside states and constants: at an address, words. */
  readonly callWords: { readonly address: number; readonly words: Int32Array };
  /** States whose next value is copied to its place at the step's end. */
  readonly copies: readonly State[];
}

/** Whether a program can be generated for the graph: there is something to compute, and a kernel for every op. */
export function canGenerate(graph: Graph): boolean {
  const values = topological(rootsOf(graph));
  return (
    values.every(isGenerated) &&
    values.some((value) => storageOf(value) === value && value.source.kind === 'node')
  );
}

/** Generates a program for the graph, which {@link canGenerate}. */
export function generateProgram(graph: Graph, threads: number): Program {
  const calls = callsOf(graph);
  const callsAt = aligned(controlBytes(threads));
  const arraysAt = callsAt + CALL_BYTES * calls.length;
  const words = calls.reduce((sum, { task }) => sum + task.arrays, 0);
  const memory = planMemory(graph, calls, aligned(arraysAt + 4 * words));
  const scratchBytes = aligned(Math.max(0, ...calls.map(({ task }) => task.scratch)));
  const scratch = Array.from({ length: threads }, (_, k) => memory.end + k * scratchBytes);
  const pages = Math.ceil((memory.end + threads * scratchBytes + SLACK_BYTES) / PAGE_BYTES);

  const functions: WasmFunction[] = [];
  const known = new Map<string, number>();
  const callWords = new Int32Array((arraysAt - callsAt) / 4 + words);
  let arrays = arraysAt;
  calls.forEach(({ task, operands, results }, k) => {
    let index = known.get(task.signature);
    if (index === undefined) {
      index = functions.length;
      known.set(task.signature, index);
      functions.push(task.function(`task${index}`));
    }
    callWords.set([index, arrays, Number(task.units > 1)], (k * CALL_BYTES) / 4);
    const addresses = [...operands, ...results].map((value) => memory.addresses.get(value)!);
    callWords.set(addresses, (arrays - callsAt) / 4);
    arrays += 4 * task.arrays;
  });
  const range = { from: callsAt, to: arraysAt };
  functions.push(...threadFunctions(functions.length, range));
  return {
    graph,
    calls,
    module: encodeModule(functions, pages),
    pages,
    scratch,
    addresses: memory.addresses,
    callWords: { address: callsAt, words: callWords },
    copies: memory.copies,
  };
}
