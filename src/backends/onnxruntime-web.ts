import type * as Web from 'onnxruntime-web';
import { threadsOfSessions } from '../machine.js';
import { vendored } from '../vendor.js';
import { othersTurn } from '../turns.js';
import type { Values } from './backend.js';
import { SESSION_OPTIONS, type Runtime } from './runtime.js';

/** onnxruntime-web, which computes in WebAssembly, also in Node.js. */
export async function loadWasm(threads: number): Promise<Runtime> {
  const ort = (await import(vendored('onnxruntime-web/dist/ort.node.min.mjs').href)) as typeof Web;
  // Fewer give the same bits.
  const canStart = process.permission?.has('worker') ?? true;
  ort.env.wasm.numThreads = canStart ? Math.min(threads, threadsOfSessions()) : 1;
  ort.env.logLevel = 'error';
  const createSession: Runtime['createSession'] = (model, graphOptimizationLevel = 'all') =>
    ort.InferenceSession.create(model, {
      ...SESSION_OPTIONS,
      graphOptimizationLevel,
      executionProviders: ['wasm'],
    });
  return {
    name: 'wasm',
    library: `onnxruntime-web ${ort.env.versions.web ?? ''}`.trim(),
    threads,
    createSession,
    // Its threads go on spinning after a run and cannot be told not to: beside those of a generated step, which spin too,
    // either is twice as slow. The number counts from the first session on.
    leaveThreads: () => (ort.env.wasm.numThreads = 1),
    async bind(model, inputs, outputs, level) {
      const session = await createSession(model, level);
      const places = Object.entries(outputs).map(([name, { data }]) => ({
        name,
        place: data as Values,
      }));
      return {
        async run() {
          await othersTurn();
          const results = await session.run(inputs);
          for (const { name, place } of places) place.set(results[name].data as Values);
        },
        release: () => session.release(),
      };
    },
    tensor: (type, data, shape) => new ort.Tensor(type, data, shape),
  };
}
