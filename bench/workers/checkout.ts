/** Times a training step of another checkout of this project, whose sources it loads: the other end of bench/checkouts.ts. */
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type * as Compile from '../../src/compiler/compile.js';
import type * as Tf from '@tensorflow/tfjs-core';
import type { Backend, Executable } from '../../src/backends/index.js';
import type { Random } from '../../src/data/random.js';
import type { BenchModel } from '../models.js';
import { fillInputs, serve } from './serve.js';

const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: { checkout: text, model: text, backend: text, threads: text },
});
const checkout = resolve(values.checkout!);
const require = createRequire(`${checkout}/`);

const load = async <T>(path: string): Promise<T> =>
  (await import(pathToFileURL(path).href)) as Promise<T>;

const { modelNamed } = await load<{ modelNamed: (name: string) => BenchModel }>(
  `${checkout}/bench/models.ts`,
);
const { loadBackend } = await load<{
  loadBackend: (name: string, threads: number) => Promise<Backend>;
}>(`${checkout}/src/backends/index.ts`);
await load(require.resolve('@tensorflow/tfjs-backend-cpu'));
const tf = await load<typeof Tf>(require.resolve('@tensorflow/tfjs-core'));
await tf.setBackend('cpu');

const backend = await loadBackend(values.backend!, Number(values.threads));
const model = modelNamed(values.model!);
const { step, ...options } = model.build(model.defaultBatchSize, 128);
const prepare = await preparation();
const start = performance.now();
const executable = await prepare();
const prepareMs = performance.now() - start;
fillInputs(executable.inputs);
await executable.run();

await serve(
  JSON.stringify({ prepareMs, residentMB: process.memoryUsage().rss / 2 ** 20 }),
  async () => {
    const { discriminatorLoss, generatorLoss } = await executable.run();
    return [discriminatorLoss[0], generatorLoss[0]];
  },
);

/**
 * Compiling and loading, whose modules are there already. Checkouts before the compiler had a target have `prepare` in the
 * place of both.
 */
async function preparation(): Promise<() => Promise<Executable>> {
  const old = backend as unknown as {
    prepare?(step: unknown, options: unknown): Promise<Executable>;
  };
  if (old.prepare !== undefined) return async () => old.prepare!(step, options);
  const { compile } = await load<typeof Compile>(`${checkout}/src/compiler/compile.ts`);
  const drawn = await load<{ Random: typeof Random }>(`${checkout}/src/data/random.ts`);
  return async () =>
    backend.load(compile(step, backend.target, options), {
      random: new drawn.Random(1, 'step'),
    });
}
