import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const temporary = new Set<string>();
// Not of a process that is killed, as vitest does with some: own-folders.ts removes those when all tests have ended.
process.on('exit', () => {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is removed after the tests. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gan-mnist-test-'));
  temporary.add(folder);
  return folder;
}
