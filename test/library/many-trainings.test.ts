import { existsSync, readdirSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { train } from '../../src/index.js';
import { COMPILED } from '../support/backends.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const outputs = temporaryFolder();
const SMALL = {
  outputs,
  epochs: 1,
  limit: 60,
  batchSize: 20,
  units: 4,
  latentSize: 6,
  draw: false,
};

/** What this process holds: tensors and, where the system tells, open files. */
const held = () => ({
  tensors: tf.memory().numTensors,
  files: existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0,
});

it.each(COMPILED)('trainings on %s leave nothing behind in their process', async (backend) => {
  await train({ ...SMALL, backend, threads: 2 });
  const before = held();
  for (let seed = 2; seed <= 4; seed++) await train({ ...SMALL, backend, threads: 2, seed });
  // One that fails before its first step, and one that is stopped.
  const bad = { generator: () => expect.fail('networks that are not built') };
  await expect(train({ ...SMALL, backend, networks: bad })).rejects.toThrow('not built');
  const stop = new AbortController();
  await train({
    ...SMALL,
    backend,
    threads: 2,
    signal: stop.signal,
    on: { step: () => stop.abort() },
  });
  expect(held()).toEqual(before);
});
