import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** All tests of a run share a cache folder of their own, and leave the user's alone. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'gan-mnist-cache-'));
  Object.assign(process.env, { XDG_CACHE_HOME: folder, LOCALAPPDATA: folder });
  return () => rmSync(folder, { recursive: true });
}
