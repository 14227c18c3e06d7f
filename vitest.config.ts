import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/support/cache-folder.ts'],
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // By default one processor is left idle: of two, that is half.
    maxWorkers: '100%',
    // Each file has its own TensorFlow.js engine: backends and variables are global in it.
    pool: 'forks',
    // What the build took out of other packages is run as it is.
    server: { deps: { external: [/\/dist\/vendor\//] } },
  },
});
