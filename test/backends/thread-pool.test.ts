import { expect, it } from 'vitest';
import { startThreads } from '../../src/backends/thread-pool.js';

/** (module (func loop br 0 end) (start 0)): it is never instantiated to its end. */
const ENDLESS = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x08, 0x01, 0x00],
  ...[0x0a, 0x09, 0x01, 0x07, 0x00, 0x03, 0x40, 0x0c, 0x00, 0x0b, 0x0b],
]);

it('threads that never come are given up and said, and nobody waits for them at the end either', async () => {
  const warnings: string[] = [];
  const module = new WebAssembly.Module(ENDLESS);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const pool = await startThreads(module, memory, [0, 0], (text) => warnings.push(text), 200);
  expect(warnings).toEqual([
    '2 of the 3 threads of the step do not start (it is not there after 0.2 s): the others do the work',
  ]);
  pool.check();
  await pool.end();
});
