import fc from 'fast-check';
import { expect } from 'vitest';
import { RunError, UserError } from '../../src/errors.js';

/** Inputs that a property test tries: a few seconds' worth, or as many as the environment variable FUZZ_RUNS says. */
const FUZZ_RUNS = Number(process.env.FUZZ_RUNS ?? 2000);

/** The time limit of such a test, in milliseconds: 20 an input. */
export const FUZZ_TIMEOUT = Math.max(120_000, 20 * FUZZ_RUNS);

const MOST_SECONDS = 1;
const MOST_MEGABYTES = 1024;

/**
 * Tries a reader on FUZZ_RUNS inputs: each is read or refused with one of our own errors, in one line and in less than a
 * second of processor time, and the process stays below a gigabyte. How it went is printed where FUZZ_RUNS is set.
 *
 * @param sentence what each refusal looks like.
 */
export async function fuzz<T>(
  what: string,
  inputs: fc.Arbitrary<T>,
  read: (input: T) => unknown,
  sentence = /^.+$/,
): Promise<void> {
  let [accepted, refused, slowest] = [0, 0, 0];
  const trial = async (input: T): Promise<void> => {
    // Not the wall's time: that an input had to wait for the machine is not its fault.
    const before = process.cpuUsage();
    try {
      const result = read(input);
      if (result instanceof Promise) await result;
      accepted++;
    } catch (error) {
      if (!(error instanceof UserError || error instanceof RunError)) throw error;
      expect(error.message).toMatch(sentence);
      refused++;
    }
    const { user, system } = process.cpuUsage(before);
    slowest = Math.max(slowest, (user + system) / 1e6);
  };
  await fc.assert(fc.asyncProperty(inputs, trial), { numRuns: FUZZ_RUNS });
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  if (process.env.FUZZ_RUNS !== undefined)
    console.log(
      `${what}: ${accepted + refused} inputs, ${accepted} read, ${refused} refused; the slowest ${(1000 * slowest).toFixed(1)} ms, at most ${megabytes} MB resident`,
    );
  expect(slowest).toBeLessThan(MOST_SECONDS);
  expect(megabytes).toBeLessThan(MOST_MEGABYTES);
}
