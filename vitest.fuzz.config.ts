import { defineConfig } from 'vitest/config';

/** The property tests of what reads others' bytes, with many more inputs: 100,000 each, or as many as FUZZ_RUNS says. */
export default defineConfig({
  test: {
    globalSetup: ['test/support/own-folders.ts'],
    include: [
      'test/data/idx.test.ts',
      'test/data/bounded-read.test.ts',
      'test/runs/hostile.test.ts',
      'test/cli/hostile-arguments.test.ts',
    ],
    testNamePattern: 'hostile',
    env: { FUZZ_RUNS: process.env.FUZZ_RUNS ?? '100000' },
    hookTimeout: 120_000,
    reporters: ['verbose'],
    disableConsoleIntercept: true,
    pool: 'forks',
    // What the build took out of other packages is run as it is.
    server: { deps: { external: [/\/dist\/vendor\//] } },
  },
});
