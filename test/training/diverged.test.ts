import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { RunError } from '../../src/errors.js';
import { listCheckpoints, readCheckpoint, writeCheckpoint } from '../../src/runs/checkpoint.js';
import { cli, STACK } from '../support/cli.js';
import { resumeSmall, trainSmall } from '../support/small-run.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();

/** A run whose newest checkpoint, of step 14, has a weight or a moment changed. */
async function runWith(name: string, value: number): Promise<string> {
  const { folder: run } = await trainSmall(folder, {}, { steps: 14 });
  const checkpoints = join(run, 'checkpoint');
  const checkpoint = readCheckpoint(listCheckpoints(checkpoints).at(-1)!);
  checkpoint.state.get(name)!.fill(value);
  await writeCheckpoint(checkpoints, checkpoint);
  return run;
}

describe('a run that diverges', () => {
  it('stops at the step and keeps the last good checkpoint', async () => {
    const run = await runWith('discriminator/dense_3/kernel', 3e38);
    const before = listCheckpoints(join(run, 'checkpoint'));
    const log = readFileSync(join(run, 'log.jsonl'), 'utf8');
    const failure = await resumeSmall(run).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RunError);
    expect((failure as RunError).message).toMatch(
      /^step 15: .* the last good checkpoint is kept\. Start again with a lower --learning-rate/,
    );
    expect(listCheckpoints(join(run, 'checkpoint'))).toEqual(before);
    expect(readFileSync(join(run, 'log.jsonl'), 'utf8')).toBe(log);
  });

  it('ends the program with exit code 1, a sentence and a hint', async () => {
    const run = await runWith('discriminator/dense_3/kernel', 3e38);
    const { code, stderr } = await cli('train', '--resume', run, '--quiet');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^gan-mnist: step 15: .*Start again with a lower --learning-rate.*\n$/m);
    expect(stderr).not.toMatch(STACK);
  });

  it('saves nothing that is not finite when it is interrupted', async () => {
    const run = await runWith('discriminator/dense_3/bias', Number.POSITIVE_INFINITY);
    const before = listCheckpoints(join(run, 'checkpoint'));
    await expect(resumeSmall(run, {}, { steps: 1 })).rejects.toThrow(RunError);
    expect(listCheckpoints(join(run, 'checkpoint'))).toEqual(before);
  });
});

describe('tensors', () => {
  it('are as many at each step', async () => {
    const counts = new Set<number>();
    const stepped = (): void => void counts.add(tf.memory().numTensors);
    await trainSmall(folder, { epochs: 20 }, { on: { step: stepped } });
    expect(counts.size).toBe(1);
  });

  it.each([{}, { model: 'conv', units: undefined, filters: 2, averageDecay: 0.9 }])(
    'are given back when a training ends, fails or cannot begin: %j',
    async (options) => {
      const before = tf.memory().numTensors;
      const small = { ...options, epochs: 1, limit: 40 };
      const { folder: run } = await trainSmall(folder, small);
      await resumeSmall(run, { epochs: 2 });
      const fail = (): never => {
        throw new Error('told to fail');
      };
      await expect(trainSmall(folder, small, { on: { step: fail } })).rejects.toThrow('told to');
      await expect(resumeSmall(run, { epochs: 1 })).rejects.toThrow('--epochs: found 1');
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});
