/** Inputs that a property test tries: a few seconds' worth, or as many as the environment variable FUZZ_RUNS says. */
export const FUZZ_RUNS = Number(process.env.FUZZ_RUNS ?? 2000);

/** The time limit of such a test, in milliseconds: 5 an input. */
export const FUZZ_TIMEOUT = Math.max(120_000, 5 * FUZZ_RUNS);
