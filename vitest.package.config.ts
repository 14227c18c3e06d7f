import { defineConfig } from 'vitest/config';

/** `npm run test:package`: packs, installs what was packed from the registry, and trains with it. Takes a minute or two. */
export default defineConfig({
  test: {
    globalSetup: ['test/support/own-folders.ts'],
    include: ['test/package/**/*.package.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
});
