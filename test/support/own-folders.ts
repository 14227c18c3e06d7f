import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** All tests of a run share a cache folder and one for what is temporary, which are gone after it, and leave the user's alone. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'gan-mnist-tests-'));
  const [cache, temporary] = ['cache', 'temporary'].map((name) => join(folder, name));
  for (const path of [cache, temporary]) mkdirSync(path);
  // As the system's are: some tests are another user.
  chmodSync(folder, 0o755);
  chmodSync(temporary, 0o1777);
  Object.assign(process.env, { XDG_CACHE_HOME: cache, LOCALAPPDATA: cache });
  Object.assign(process.env, { TMPDIR: temporary, TEMP: temporary });
  return () => rmSync(folder, { recursive: true });
}
