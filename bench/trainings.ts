/**
 * Memory over many trainings in one process, as a script has them that searches: megabytes, tensors, threads and open files after each
 * tenth of them, and whether their median in the second half is within 5% of that in the first, without a tensor, thread or file more at
 * the end than after the first tenth.
 *
 *   npm run bench:trainings -- [trainings, 200] [backend, auto]
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs-core';
import { loadBackend, train } from '../src/index.js';

const ALLOWED_GROWTH = 0.05;
const [trainings = '200', name = 'auto'] = process.argv.slice(2);
const all = Number(trainings);
const backend = await loadBackend(name, 1);

// What is garbage already is not what a training leaves behind.
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Of this process, where the system tells. */
const countIn = (folder: string): number =>
  process.platform === 'linux' ? readdirSync(join('/proc/self', folder)).length : 0;

interface Seen {
  readonly megabytes: number;
  readonly heap: number;
  readonly tensors: number;
  readonly threads: number;
  readonly files: number;
}

function look(done: number): Seen {
  collectGarbage();
  const { rss, heapUsed } = process.memoryUsage();
  const seen = {
    megabytes: Math.round(rss / 2 ** 20),
    heap: Math.round(heapUsed / 2 ** 20),
    tensors: tf.memory().numTensors,
    threads: countIn('task'),
    files: countIn('fd'),
  };
  console.log(
    `${done} trainings: ${seen.megabytes} MB resident, ${seen.heap} MB heap, ${seen.tensors} tensors, ${seen.threads} threads, ${seen.files} files`,
  );
  return seen;
}

const outputs = mkdtempSync(join(tmpdir(), 'gan-mnist-trainings-'));
const seen: Seen[] = [];
try {
  for (let k = 1; k <= all; k++) {
    await train({ outputs, backend, seed: k, epochs: 1, limit: 1000, draw: false });
    rmSync(outputs, { recursive: true });
    if (k % Math.ceil(all / 10) === 0) seen.push(look(k));
  }
} finally {
  rmSync(outputs, { recursive: true, force: true });
}
const [first, last] = [seen[0], seen.at(-1)!];
// A single look is off by a tenth either way: pages that the allocator has not given back yet.
const middle = (looks: readonly Seen[]): number =>
  looks.map(({ megabytes }) => megabytes).sort((a, b) => a - b)[looks.length >> 1];
const half = seen.length >> 1;
const growth = middle(seen.slice(half)) / middle(seen.slice(0, half)) - 1;
console.log(`growth ${(100 * growth).toFixed(1)}% on ${backend.library}`);
const isSame = (['tensors', 'threads', 'files'] as const).every(
  (what) => last[what] <= first[what],
);
process.exitCode = growth <= ALLOWED_GROWTH && isSame ? 0 : 1;
