import { existsSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { isMainThread } from 'node:worker_threads';
import type * as Common from 'onnxruntime-common';
import type { InferenceSession } from 'onnxruntime-common';
import { threadsOfSessions } from '../machine.js';
import { vendored } from '../vendor.js';
import { SESSION_OPTIONS, type Runtime } from './runtime.js';
import { doneMessageOf, runUnreturned, withUnreturnableOutput } from './unreturned.js';

const TELEMETRY = 'ORT_DISABLE_TELEMETRY';

/** onnxruntime-node. Throws where it has no library for this machine or its library does not load. */
export async function loadNative(threads: number): Promise<Runtime> {
  const { platform, arch } = process;
  if (!existsSync(vendored(`onnxruntime-node/bin/napi-v6/${platform}/${arch}`)))
    throw new Error(`onnxruntime-node has no library for ${platform} on ${arch}`);
  checkTypedArrays();
  checkThreads(threads);
  leaveTelemetryOff();
  const ort = (await import(vendored('onnxruntime-node/dist/index.js').href)) as typeof Common;
  const options: InferenceSession.SessionOptions = {
    ...SESSION_OPTIONS,
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    extra: {
      session: {
        // A step is several sessions in turn: threads that spin after one would take the cores from the next.
        force_spinning_stop: '1',
      },
    },
  };
  const createSession: Runtime['createSession'] = (model, graphOptimizationLevel = 'all') =>
    ort.InferenceSession.create(model, { ...options, graphOptimizationLevel });
  const tensor: Runtime['tensor'] = (type, data, shape) => new ort.Tensor(type, data, shape);
  let doneMessage: Promise<string | undefined> | undefined;
  return {
    name: 'native',
    library: `onnxruntime-node ${ort.env.versions.node ?? ''}`.trim(),
    threads,
    createSession,
    async bind(model, inputs, outputs, level) {
      doneMessage ??= doneMessageOf(createSession, tensor);
      const done = await doneMessage;
      const session = await createSession(
        done === undefined ? model : withUnreturnableOutput(model),
        level,
      );
      return {
        run:
          done === undefined
            ? async () => void (await session.run(inputs, outputs))
            : () => runUnreturned(session, inputs, outputs, done),
        release: () => session.release(),
      };
    },
    tensor,
  };
}

/**
 * Jest gives modules a global object of their own, and so typed arrays that the library's, and Node's own, are no instances of.
 *
 * @throws where that is so: what the library returns would not be taken for numbers.
 */
function checkTypedArrays(): void {
  if (!(deserialize(serialize(new Float32Array(1))) instanceof Float32Array))
    throw new Error('typed arrays here are not those of Node.js, as in Jest');
}

/**
 * Where the system has no more threads, the library ends the process without a word of ours, after seconds.
 *
 * @throws where there are fewer than the sessions would start.
 */
function checkThreads(threads: number): void {
  if (threads > 1 && threads > threadsOfSessions())
    throw new Error(
      `too few threads are left (ulimit -u, or the pids of its control group) for --threads ${threads}`,
    );
}

/**
 * onnxruntime-node 1.29 and later queue events for their maker's server, with a lasting device id in the user's home, unless
 * this variable is set when the library loads. Nothing is sent from here.
 *
 * @throws where it cannot be set: a worker thread's environment is a copy, which the library does not see.
 */
function leaveTelemetryOff(): void {
  const isOff = process.env[TELEMETRY] === '1';
  if (!isMainThread && !isOff)
    throw new Error(
      `its telemetry cannot be turned off from a worker thread: set ${TELEMETRY}=1 before the process starts, or in the main thread`,
    );
  process.env[TELEMETRY] = '1';
}
