import { RunError } from '../../errors.js';
import { aligned, type Placement } from '../plan/memory.js';
import { wasmCalls, type Stage } from '../plan/schedule.js';
import type { WasmFunction } from './assembler.js';
import { encodeModule } from './encode.js';
import { SLACK_BYTES, type Task } from './tasks/task.js';
import { CALL_BYTES, threadFunctions } from './threads.js';

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

/**
 * Generates the code of the stages that are not ONNX Runtime's. After the arrays come each thread's own memory, then the calls.
 *
 * @throws RunError where the arrays are beyond 4 GB.
 */
export function encodeProgram(
  stages: readonly Stage[],
  { addresses, end }: Placement,
  threads: number,
): Program {
  const calls = wasmCalls(stages);
  const scratchBytes = aligned(calls.reduce((most, { task }) => Math.max(most, task.scratch), 0));
  const scratch = Array.from({ length: threads }, (_, k) => end + k * scratchBytes);
  const address = end + threads * scratchBytes;
  const arraysAt = address + CALL_BYTES * calls.length;
  const arrays: number[] = [];
  const functions: WasmFunction[] = [];
  const known = new Map<string, number>();
  const functionOf = (task: Task): number => {
    if (!known.has(task.signature)) {
      known.set(task.signature, functions.length);
      functions.push(task.function(`task${functions.length}`));
    }
    return known.get(task.signature)!;
  };
  const words = calls.flatMap(({ task, operands, results }) => {
    const at = arraysAt + 4 * arrays.length;
    for (const value of [...operands, ...results]) arrays.push(addresses.get(value)!);
    // More helpers than units would only be woken.
    return [functionOf(task), at, Math.min(threads, task.units) - 1, 0];
  });
  functions.push(...threadFunctions(functions.length));
  const pages = Math.ceil((arraysAt + 4 * arrays.length + SLACK_BYTES) / PAGE_BYTES);
  if (pages > MOST_PAGES)
    throw new RunError(
      `the step's arrays take ${(pages / 2 ** 14).toFixed(1)} GB, and WebAssembly has at most 4: make the batch or the model smaller`,
    );
  const shared = threads > 1;
  return {
    module: encodeModule(functions, { pages, shared }),
    pages,
    shared,
    scratch,
    callWords: { address, words: Int32Array.from([...words, ...arrays]) },
  };
}
