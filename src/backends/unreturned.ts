import type { InferenceSession } from 'onnxruntime-common';
import { Builder } from '../compiler/graph/builder.js';
import { encodeOnnx } from '../compiler/onnx/encode.js';
import { encodeSequenceOutput } from '../compiler/onnx/proto.js';
import type { Runtime, Tensors } from './runtime.js';

/**
 * onnxruntime-node writes an output into the tensor that it is handed, and then returns a copy of it all the same:
 * megabytes a step that nobody reads, a tenth of the dense step's time and most of what the garbage collector does.
 * Outputs are converted one after another when all are computed, and a sequence of tensors cannot be converted. So a
 * model whose first output is one is computed whole, and then fails with a message that is always the same.
 */
const UNRETURNABLE = '%unreturnable';

/** The model with that output before its own. */
export function withUnreturnableOutput(model: Uint8Array): Uint8Array {
  const before = encodeSequenceOutput(UNRETURNABLE);
  const bytes = new Uint8Array(before.length + model.length);
  bytes.set(before);
  bytes.set(model, before.length);
  return bytes;
}

/** Runs a session of such a model. @throws what the run throws, but for the one failure that says that it is done. */
export async function runUnreturned(
  session: InferenceSession,
  inputs: Tensors,
  outputs: Tensors,
  doneMessage: string,
): Promise<void> {
  try {
    await session.run(inputs, { [UNRETURNABLE]: null, ...outputs });
  } catch (error) {
    if (error instanceof Error && error.message === doneMessage) return;
    throw error;
  }
  throw new Error(`onnxruntime returned ${UNRETURNABLE}, which it could not before`);
}

/** With it an error that comes out of the addon ends the process, though it would be caught. */
const ABORTS = /--abort[-_]on[-_]uncaught[-_]exception/;

/**
 * The message of that failure, seen by running a small model: undefined where the runtime does something else, or Node.js may
 * not see it fail, so that its sessions are to be run as usual.
 */
export async function doneMessageOf(
  createSession: Runtime['createSession'],
  tensor: Runtime['tensor'],
): Promise<string | undefined> {
  if ([...process.execArgv, process.env['NODE_OPTIONS']].some((flags) => ABORTS.test(flags ?? '')))
    return undefined;
  const builder = new Builder();
  const x = builder.input('x', [1], 'float32');
  const root = { name: 'root', value: builder.op('Sqrt', [x], {}) };
  const model = encodeOnnx('probe', [{ name: 'x', value: x }], [root]);
  const place = new Float32Array(1);
  try {
    const session = await createSession(withUnreturnableOutput(model));
    try {
      await session.run(
        { x: tensor('float32', Float32Array.of(9), [1]) },
        { [UNRETURNABLE]: null, root: tensor('float32', place, [1]) },
      );
    } finally {
      await session.release();
    }
  } catch (error) {
    if (error instanceof Error && place[0] === 3) return error.message;
  }
  return undefined;
}
