import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** The user's own folder. One that the system knows by a number alone, as in many containers, has none. */
function home(): string {
  try {
    return homedir();
  } catch {
    return join(tmpdir(), `gan-mnist-of-user-${process.getuid?.()}`);
  }
}

/** The folder that this system has for what can be made again, and a folder in it. */
export function cacheFolder(name: string): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const base =
    process.platform === 'win32'
      ? (LOCALAPPDATA ?? join(home(), 'AppData', 'Local'))
      : XDG_CACHE_HOME || join(home(), '.cache');
  return join(base, 'gan-mnist', name);
}
