import { loadBackend, type Backend } from '../../src/backends/index.js';
import { loadMnist } from '../../src/data/mnist.js';
import { runOptions } from '../../src/gan/options.js';
import { resume, type ResumeRequest } from '../../src/training/resume.js';
import type { Follower } from '../../src/training/follower.js';
import type { RunOutcome } from '../../src/training/run.js';
import { train } from '../../src/training/train.js';
import { FASTEST } from './backends.js';

export const mnist = loadMnist();

/** 10 steps an epoch. The rate does not fall, so that an epoch does not depend on how many there are. */
export const SMALL = {
  epochs: 3,
  limit: 200,
  batchSize: 20,
  units: 4,
  latentSize: 6,
  seed: 7,
  learningRateDecay: 0,
};

const backends = new Map<string, Promise<Backend>>();

/** On one thread, loaded once. */
export function backendOf(name: string): Promise<Backend> {
  if (!backends.has(name)) backends.set(name, loadBackend(name, 1));
  return backends.get(name)!;
}

interface How {
  readonly backend?: string;
  /** Interrupts after so many steps. */
  readonly steps?: number;
  readonly on?: Follower;
}

/** The context of a training that is interrupted after some steps. */
async function context({ backend = FASTEST, steps, on = {} }: How) {
  const controller = new AbortController();
  let done = 0;
  const interrupt: Follower = {
    step: () => {
      if (++done === steps) controller.abort();
    },
  };
  return {
    mnist,
    backend: await backendOf(backend),
    signal: controller.signal,
    followers: [on, interrupt],
  };
}

/** @param options instead of those of {@link SMALL}; an undefined one is left out. */
export async function trainSmall(
  outputs: string,
  options: Record<string, unknown> = {},
  { checkpointEvery, ...how }: How & { checkpointEvery?: number } = {},
): Promise<RunOutcome> {
  const given = Object.entries({ ...SMALL, ...options }).filter(([, value]) => value !== undefined);
  const request = { options: runOptions(Object.fromEntries(given)), outputs, checkpointEvery };
  return train(request, await context(how));
}

export async function resumeSmall(
  folder: string,
  request: Omit<ResumeRequest, 'folder'> = {},
  how: How = {},
): Promise<RunOutcome> {
  return resume({ folder, ...request }, await context(how));
}
