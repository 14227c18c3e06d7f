import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder that this system has for what can be made again, and a folder in it. */
export function cacheFolder(name: string): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const base =
    process.platform === 'win32'
      ? (LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'))
      : XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(base, 'gan-mnist', name);
}
