import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted, LeaseLost, UserError } from '../errors.js';
import { Silence } from '../silence.js';
import { codeOf, explained, explainFileError } from './explain.js';
import { removeFile } from './remove.js';
import { guardFolder } from './guards.js';
import { createLeaseFile, lastLease, readLease, succeed, successorOf } from './lease-file.js';
import type { Found, LeaseFile } from './lease-file.js';
import { fateOf, namedOwner, numbersOf, ownerText, parseOwner } from './lease-owner.js';
import { removeTemporaries } from './temporaries.js';

/** The times of a lease, in milliseconds. */
export interface LeaseTimes {
  /** From one sign of life to the next. */
  readonly sign: number;
  /** Silence after which an owner that cannot be asked is taken for dead. */
  readonly patience: number;
  /** The same for a file in which nobody is named: whoever makes one fills it at once. */
  readonly patienceUnnamed: number;
  /** From one look to the next of who waits. */
  readonly look: number;
}

const TIMES: LeaseTimes = { sign: 5000, patience: 60_000, patienceUnnamed: 10_000, look: 1000 };

export interface LeaseRequest {
  /** The lease's file in the folder. */
  readonly name?: string;
  /** Told why it waits, and whose lease is taken over. */
  readonly say?: (line: string) => void;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
  readonly times?: Partial<LeaseTimes>;
}

/** The leases that this process holds, by their folders as they were named. */
const held = new Map<string, Lease>();
/** Ids of those that it has given back, and whose files it could not remove. */
const left = new Set<string>();

/**
 * A folder that is one process's, as long as it gives signs of life: a file `lock` with a random id, rewritten every five
 * seconds. It needs nothing of the file system but that a file is created once (O_EXCL) and that a rename is whole; no hard
 * links, no clock of another machine, no process ids that mean something elsewhere.
 *
 * An owner in the same kernel and PID namespace is simply asked for. Another one that is silent for a minute loses its
 * lease: its successor is the one process that manages to create the file `lock-after-ID`, which it then renames to
 * `lock`. The old owner, if it was only stopped (SIGSTOP, a laptop's lid), rewrites but its own, unlinked file, and notices:
 *
 * - Whatever it replaces below the folder is written beside, then the lease is looked at, then renamed (replace.ts). A successor
 *   removes all temporary files before it does anything else. So a rename that happens after the lease was lost either
 *   is not tried or finds its file gone, whenever the owner was stopped.
 * - Whatever it appends is appended to a file that was opened before the lease was looked at, and that a successor replaces.
 */
export class Lease implements Disposable {
  private readonly signs: NodeJS.Timeout;
  private readonly unguard: () => void;
  private readonly numbers: string;

  private constructor(
    readonly folder: string,
    private readonly root: string,
    private file: LeaseFile,
    /** Whether it was a dead process's, which may be only stopped. */
    readonly isTakenOver: boolean,
    { sign }: LeaseTimes,
  ) {
    this.signs = setInterval(() => this.file.sign(), sign).unref();
    this.unguard = guardFolder(folder, () => this.check());
    this.numbers = numbersOf(folder);
    held.set(folder, this);
  }

  /**
   * Takes a folder for this process. An owner that has died is succeeded, with a line that says so; of one that cannot be
   * asked (another machine or container) signs of life are waited for, with a line that says so too.
   *
   * @throws UserError where another process is at work there; Interrupted where the signal came while it waited.
   */
  static async take(folder: string, request: LeaseRequest = {}): Promise<Lease> {
    const times = { ...TIMES, ...request.times };
    const root = join(folder, request.name ?? 'lock');
    for (;;) {
      const found = look(root, folder);
      if (found === undefined) {
        const file = explained('lock', folder, () => createLeaseFile(root));
        if (file !== undefined) return new Lease(folder, root, file, false, times);
        continue;
      }
      if (!(await isSilent(found, folder, root, request, times))) continue;
      const file = explained('lock', folder, () => succeed(root, found));
      if (file === undefined) continue;
      const lease = new Lease(folder, root, file, true, times);
      request.say?.(`${folder} is taken over from ${nameOf(found)}, which is gone`);
      removeTemporaries(folder, true);
      return lease;
    }
  }

  /** The lease that this process holds on a folder. */
  static of(folder: string): Lease | undefined {
    return held.get(folder);
  }

  /** What another thread of this process needs to {@link guardByLease}. */
  get token(): LeaseToken {
    return { folder: this.folder, root: this.root, id: this.file.id };
  }

  /**
   * Makes sure that the folder is still this process's. Whatever replaces or removes files below it does so by itself.
   *
   * @throws LeaseLost where another process has taken it over.
   */
  check(): void {
    if (holds(this.token)) return;
    // Somebody tidied up. Only one can create it anew.
    if (existsSync(this.folder) && look(this.root, this.folder) === undefined) {
      if (numbersOf(this.folder) !== this.numbers)
        throw new LeaseLost(
          `${this.folder} is another folder by now, the one that this process worked in was moved or removed: nothing more is written there`,
        );
      const file = explained('lock', this.folder, () => createLeaseFile(this.root));
      if (file !== undefined) {
        this.file.close();
        this.file = file;
        return;
      }
    }
    if (existsSync(this.folder)) throw lost(this.folder, look(this.root, this.folder));
  }

  [Symbol.dispose](): void {
    this.release();
  }

  /** Gives the folder back. Nothing happens where it was lost, or is gone. */
  release(): void {
    clearInterval(this.signs);
    this.unguard();
    if (held.get(this.folder) === this) held.delete(this.folder);
    try {
      this.file.close();
      if (holds(this.token)) removeFile(this.root);
    } catch {
      // The disk fails, is read-only by now, or somebody reads the file. Whoever wants the folder next takes it over.
      left.add(this.file.id);
    }
  }
}

/** Names a lease to another thread. */
export interface LeaseToken {
  readonly folder: string;
  readonly root: string;
  readonly id: string;
}

/** Lets this thread write below a folder only as long as another thread's lease holds. Returns what ends that. */
export function guardByLease(token: LeaseToken): () => void {
  return guardFolder(token.folder, () => {
    if (!holds(token)) throw lost(token.folder, look(token.root, token.folder));
  });
}

/**
 * Whether a process that has a lease on a folder is alive; undefined where there is no lease, or nobody here can tell.
 *
 * @param name the lease's file.
 */
export function isInUse(folder: string, name = 'lock'): boolean | undefined {
  const found = look(join(folder, name), folder);
  const owner = found && parseOwner(found.text);
  const fate = owner === undefined ? 'unknown' : fateOf(owner, folder);
  return fate === 'unknown' ? undefined : fate === 'alive';
}

const look = (root: string, folder: string): Found | undefined =>
  explained('read the lock of', folder, () => lastLease(root));

function holds({ root, id }: LeaseToken): boolean {
  try {
    return readLease(root)?.key === id && readLease(successorOf(root, id)) === undefined;
  } catch (error) {
    // The folder is gone, or cannot be read any more: then nothing may be written either.
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ESTALE'].includes(codeOf(error))) return false;
    throw explainFileError(error, 'read', root);
  }
}

/**
 * Waits until an owner may be succeeded.
 *
 * @returns false where the lease has changed hands or was given back meanwhile.
 * @throws UserError where the owner is alive.
 */
async function isSilent(
  found: Found,
  folder: string,
  root: string,
  { say, signal }: LeaseRequest,
  times: LeaseTimes,
): Promise<boolean> {
  const owner = parseOwner(found.text);
  const fate = owner === undefined ? 'unknown' : fateOf(owner, folder);
  if (fate === 'dead' || left.has(found.key)) return true;
  if (fate === 'alive') throw inUse(folder, found);
  const patience = namedOwner(found.text) === undefined ? times.patienceUnnamed : times.patience;
  say?.(
    `${folder} is locked by ${nameOf(found)}: waiting up to ${patience / 1000} s for a sign of life, then taking it over`,
  );
  const silence = new Silence(times.look);
  while (silence.goesOn() < patience) {
    try {
      await sleep(times.look, undefined, signal && { signal });
    } catch {
      throw new Interrupted(`interrupted while waiting for ${folder}: nothing was changed`);
    }
    const now = look(root, folder);
    if (now === undefined || now.path !== found.path || now.key !== found.key) return false;
    if (now.text !== found.text) throw inUse(folder, now);
  }
  return true;
}

function inUse(folder: string, found: Found): UserError {
  return new UserError(
    `${folder} is in use by ${nameOf(found)}: wait for it or stop it, then try again`,
  );
}

function lost(folder: string, found: Found | undefined): LeaseLost {
  return new LeaseLost(
    `${folder} was taken over by ${found === undefined ? 'another process' : nameOf(found)}, since this process gave no sign of life: nothing more is written to it here`,
  );
}

const nameOf = ({ path, text }: Found): string => {
  const owner = namedOwner(text);
  return owner === undefined ? `a process that left no name in ${path}` : ownerText(owner);
};
