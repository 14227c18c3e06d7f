import { RunError } from '../../errors.js';
import { aligned, type Placement } from '../plan/memory.js';
import type { Call } from '../plan/calls.js';
import type { Stage } from '../plan/schedule.js';
import type { WasmFunction } from './assembler.js';
import { encodeModule } from './encode.js';
import { SLACK_BYTES, type Task } from './tasks/task.js';
import { CALL_BYTES, controlBytes, threadFunctions } from './threads.js';

const PAGE_BYTES = 65_536;
/** What 32-bit addresses reach. */
const MOST_PAGES = 65_536;

/** The generated code of a step, over one memory, for a number of threads. */
export interface Program {
  readonly module: Uint8Array<ArrayBuffer>;
  readonly pages: number;
  /** Whether threads share the memory. */
  readonly shared: boolean;
  /** Where each thread's own memory begins. */
  readonly scratch: readonly number[];
  /** What stands in memory before the first run beside states and constants, at an address: a call after another, then their arrays. */
  readonly callWords: { readonly address: number; readonly words: Int32Array };
}

const callsOf = (stages: readonly Stage[]): Call[] =>
  stages.flatMap((stage) => (stage.kind === 'wasm' ? stage.calls : []));

/** The first address after the control block and the calls: where arrays may be. */
export function arraysBegin(stages: readonly Stage[], threads: number): number {
  const calls = callsOf(stages);
  const words = calls.reduce((sum, { task }) => sum + task.arrays, 0);
  return aligned(aligned(controlBytes(threads)) + CALL_BYTES * calls.length + 4 * words);
}

/** Generates the code of the stages that are not ONNX Runtime's. @throws RunError where the arrays are beyond 4 GB. */
export function encodeProgram(
  stages: readonly Stage[],
  { addresses, end }: Placement,
  threads: number,
): Program {
  const calls = callsOf(stages);
  const scratchBytes = aligned(calls.reduce((most, { task }) => Math.max(most, task.scratch), 0));
  const scratch = Array.from({ length: threads }, (_, k) => end + k * scratchBytes);
  const pages = Math.ceil((end + threads * scratchBytes + SLACK_BYTES) / PAGE_BYTES);
  if (pages > MOST_PAGES)
    throw new RunError(
      `the step's arrays take ${(pages / 2 ** 14).toFixed(1)} GB, and WebAssembly has at most 4: make the batch or the model smaller`,
    );

  const functions: WasmFunction[] = [];
  const known = new Map<string, number>();
  const functionOf = (task: Task): number => {
    if (!known.has(task.signature)) {
      known.set(task.signature, functions.length);
      functions.push(task.function(`task${functions.length}`));
    }
    return known.get(task.signature)!;
  };
  const callsAt = aligned(controlBytes(threads));
  const arraysAt = callsAt + CALL_BYTES * calls.length;
  const words: number[] = [];
  const arrays: number[] = [];
  for (const { task, operands, results } of calls) {
    // More helpers than units would only be woken.
    const helpers = Math.min(threads, task.units) - 1;
    words.push(functionOf(task), arraysAt + 4 * arrays.length, helpers, 0);
    for (const value of [...operands, ...results]) arrays.push(addresses.get(value)!);
  }
  functions.push(...threadFunctions(functions.length));
  const shared = threads > 1;
  return {
    module: encodeModule(functions, { pages, shared }),
    pages,
    shared,
    scratch,
    callWords: { address: callsAt, words: Int32Array.from([...words, ...arrays]) },
  };
}
