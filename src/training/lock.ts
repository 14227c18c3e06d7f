import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import { explainFileError } from '../files.js';

const NAME = 'lock';

interface Owner {
  readonly pid: number;
  /** The process's start in clock ticks since boot where the system tells (Linux), since process ids come again. */
  readonly started: string;
}

/**
 * Takes a run folder for this process. A lock whose process is gone is taken over.
 *
 * @returns a function that gives it back.
 * @throws UserError with the other process's id where one is at work there.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, NAME);
  const mine: Owner = { pid: process.pid, started: startOf(process.pid) };
  const draft = `${path}-${process.pid}`;
  try {
    writeFileSync(draft, JSON.stringify(mine));
    while (!linked(draft, path)) {
      const owner = readOwner(path);
      if (owner !== undefined && isAlive(owner)) {
        throw new UserError(
          `${folder} is in use by process ${owner.pid}: wait for it or stop it, then try again`,
        );
      }
      rmSync(path, { force: true });
    }
  } catch (error) {
    throw explainFileError(error, 'lock', folder);
  } finally {
    rmSync(draft, { force: true });
  }
  return () => {
    const owner = readOwner(path);
    if (owner?.pid === mine.pid) rmSync(path, { force: true });
  };
}

/** Makes the lock with its content at once, so that nobody reads a half-written one. */
function linked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readOwner(path: string): Owner | undefined {
  try {
    const { pid, started } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Owner>;
    return Number.isSafeInteger(pid) && pid! > 0 && typeof started === 'string'
      ? { pid: pid!, started }
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT')
      return undefined;
    throw error;
  }
}

function isAlive({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there and another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return startOf(pid) === started;
}

/** Field 22 of /proc/PID/stat (proc(5)); empty on systems without it. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
