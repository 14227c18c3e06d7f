import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { Executable } from '../../src/backends/index.js';

/** Of MNIST. */
const CLASSES = 10;

/** What a worker is asked to time. */
export interface WorkerOptions {
  readonly model: string;
  readonly batchSize: number;
  readonly units: number;
  readonly threads: number;
  /** Which of the worker's ways to run the step. */
  readonly variant: string;
}

/** The options that every worker is started with, those in Python too. */
export function workerOptions(): WorkerOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { model: text, 'batch-size': text, units: text, threads: text, variant: text },
  });
  return {
    model: values.model ?? 'dense',
    batchSize: Number(values['batch-size']),
    units: Number(values.units),
    threads: Number(values.threads),
    variant: values.variant ?? '',
  };
}

/**
 * Answers the bench: says `{"library"}` when the step is ready, then runs it as often as each line on standard input
 * says and answers `{"seconds"}`, until the input ends.
 *
 * @param step runs once and fetches both losses.
 */
export async function serve(
  library: string,
  step: () => Promise<readonly number[]>,
): Promise<never> {
  answer({ library });
  for await (const line of createInterface({ input: process.stdin })) {
    const steps = Number(line);
    let losses: readonly number[] = [];
    const start = performance.now();
    for (let k = 0; k < steps; k++) losses = await step();
    const seconds = (performance.now() - start) / 1e3;
    if (!losses.every(Number.isFinite)) throw new Error(`losses are ${losses.join(', ')}`);
    answer({ seconds });
  }
  process.exit(0);
}

/** Fills arrays with numbers in [-1, 1), the same in every worker here. */
export function fillUniform(arrays: Iterable<{ [index: number]: number; length: number }>): void {
  let state = 1;
  for (const array of arrays) {
    for (let k = 0; k < array.length; k++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0; // Numerical Recipes' generator
      array[k] = state / 2 ** 31 - 1;
    }
  }
}

/** Fills a step's inputs: with numbers in [-1, 1), but for what has to be one-hot or a factor. */
export function fillInputs(inputs: Executable['inputs']): void {
  const { labels, learningRateScale, averageDecay, ...others } = inputs;
  fillUniform(Object.values(others));
  for (let k = 0; labels !== undefined && k < labels.length; k++)
    labels[k] = k % CLASSES === Math.floor(k / CLASSES) % CLASSES ? 1 : 0;
  learningRateScale?.fill(1);
  averageDecay?.fill(0.999);
}

function answer(message: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
