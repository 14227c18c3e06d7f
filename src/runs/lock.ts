import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../errors.js';
import { explainFileError, temporaryName } from '../files.js';

const NAME = 'lock';
const MILLISECONDS_BETWEEN_TRIES = 5;

/** Who holds a lock. */
interface Owner {
  readonly pid: number;
  /** The process's start in clock ticks since boot where the system tells (Linux), since process ids come again. */
  readonly started: string;
  /** Process ids say nothing about those of another machine or container. */
  readonly host: string;
}

/**
 * Takes a run folder for this process. A lock whose process is gone is taken over.
 *
 * @returns a function that gives it back.
 * @throws UserError with the other process's id where one is at work there.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, NAME);
  const owner = take(path, folder);
  if (owner === undefined) return () => unlock(path);
  const elsewhere = owner.host !== hostname();
  throw new UserError(
    `${folder} is in use by process ${owner.pid}${elsewhere ? ` on ${owner.host}` : ''}: wait for it or stop it, then try again${elsewhere ? `; if it is gone, delete ${path}` : ''}`,
  );
}

/** Nothing happens where the lock is not ours, or the folder is gone. */
function unlock(path: string): void {
  const owner = readOwner(path);
  if (typeof owner === 'object' && owner.pid === process.pid && owner.host === hostname())
    rmSync(path, { force: true });
}

/** Does something short that only one process may do in a folder at a time; the others wait. */
export async function whileLocked<T>(folder: string, use: () => T): Promise<T> {
  const path = join(folder, `.${NAME}`);
  while (take(path, folder) !== undefined) await sleep(MILLISECONDS_BETWEEN_TRIES);
  try {
    return use();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Whether a process has locked the folder and is alive; undefined where there is no lock. */
export function isInUse(folder: string): boolean | undefined {
  const owner = readOwner(join(folder, NAME));
  return owner === 'gone' ? undefined : isAlive(owner);
}

/** Takes a lock, or returns the living process that has it. */
function take(path: string, folder: string): Owner | undefined {
  const draft = temporaryName(path);
  try {
    writeFileSync(draft, JSON.stringify(me()));
    return place(draft, path);
  } catch (error) {
    throw explainFileError(error, 'lock', folder);
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Links the draft to the lock's place, so that the lock appears with its content. A dead process's lock is removed under
 * a lock of its own: of two that find it dead, the slower one would else remove the faster one's new lock.
 */
function place(draft: string, path: string): Owner | undefined {
  for (;;) {
    if (linked(draft, path)) return undefined;
    const owner = readOwner(path);
    if (owner === 'gone') continue;
    if (isAlive(owner)) return owner;
    const guard = `${path}-takeover`;
    const other = place(draft, guard);
    if (other !== undefined) return other;
    try {
      // Only who holds the guard changes a dead process's lock, so what is read here stays so.
      const still = readOwner(path);
      if (still !== 'gone' && !isAlive(still)) rmSync(path);
    } finally {
      rmSync(guard, { force: true });
    }
  }
}

function linked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** `unreadable` is a lock that a crash of the machine left empty. */
function readOwner(path: string): Owner | 'gone' | 'unreadable' {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'gone';
    throw error;
  }
  try {
    const { pid, started, host } = JSON.parse(text) as Partial<Owner>;
    if (
      Number.isSafeInteger(pid) &&
      pid! > 0 &&
      typeof started === 'string' &&
      typeof host === 'string'
    )
      return { pid: pid!, started, host };
  } catch {
    // Not JSON, or null.
  }
  return 'unreadable';
}

const me = (): Owner => ({ pid: process.pid, started: startOf(process.pid), host: hostname() });

function isAlive(owner: Owner | 'unreadable'): owner is Owner {
  if (owner === 'unreadable') return false;
  const { pid, started, host } = owner;
  if (host !== hostname()) return true;
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
