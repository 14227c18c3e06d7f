import { defineConfig } from 'vitest/config';

/** `npm run test:browser`: needs a Chromium, in PATH or named in CHROMIUM, and a built dist. */
export default defineConfig({
  test: {
    globalSetup: ['test/support/own-folders.ts'],
    include: ['test/browser/**/*.browser.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
