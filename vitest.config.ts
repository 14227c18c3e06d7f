import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Rooms whose tests change nothing that others see: no working folder, no environment, no limit of the process. */
const ROOMS = [
  ...['bench', 'charts', 'classifier', 'compiler', 'data', 'datasets', 'drawings', 'files', 'gan'],
  ...['images', 'labelled', 'projection', 'runs', 'sweeps', 'terminal', 'web'],
];

/** Their files, but for those that put a module in the place of another: that would be there for the next file too, or not at all. */
const SHARED = ROOMS.flatMap((room) =>
  readdirSync(join(import.meta.dirname, 'test', room), { recursive: true, encoding: 'utf8' })
    .map((name) => `test/${room}/${name.replaceAll('\\', '/')}`)
    .filter((file) => file.endsWith('.test.ts') && !isMocking(file)),
);

function isMocking(file: string): boolean {
  return readFileSync(join(import.meta.dirname, file), 'utf8').includes('vi.mock(');
}

const COMMON = {
  testTimeout: 120_000,
  hookTimeout: 120_000,
  pool: 'forks' as const,
  // What the build took out of other packages is run as it is.
  server: { deps: { external: [/\/dist\/vendor\//] } },
};

/** Files that share a process come last: they are many and short, so that all processes end at about the same time. */
class SharedLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const [own, shared] = [true, false].map((isOwn) =>
      sorted.filter(({ project }) => project.config.isolate === isOwn),
    );
    return [...own, ...shared];
  }
}

export default defineConfig({
  test: {
    globalSetup: ['test/support/own-folders.ts'],
    // By default one processor is left idle: of two, that is half.
    maxWorkers: '100%',
    sequence: { sequencer: SharedLast },
    projects: [
      // Each file has its own TensorFlow.js engine: backends and variables are global in it.
      { test: { ...COMMON, name: 'own', include: ['test/**/*.test.ts'], exclude: SHARED } },
      // Here they load it, the backends and MNIST once for all.
      { test: { ...COMMON, name: 'shared', include: SHARED, isolate: false } },
    ],
  },
});
