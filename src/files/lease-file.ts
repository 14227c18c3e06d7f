import { createHash } from 'node:crypto';
import { closeSync, lstatSync, openSync, readdirSync } from 'node:fs';
import { readFileSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../errors.js';
import { codeOf } from './explain.js';
import { removeFile } from './remove.js';
import { flush, flushNow } from './flush.js';
import { newOwner, parseOwner, type Owner } from './lease-owner.js';
import { writeAll } from './write-all.js';

/** A lease's file as it was read. */
export interface Found {
  readonly path: string;
  readonly text: string;
  /** What names it to its successor: the owner's id, or a digest of what else is in it. */
  readonly key: string;
}

/** Digits of the number of signs, so that each sign has the same length and overwrites the one before it whole. */
const SIGN_DIGITS = 12;
/** An owner takes some hundred. */
const MOST_BYTES = 65_536;
/** More in a row are no accident: each is a process that died while it succeeded another. */
const MOST_IN_A_ROW = 1000;

/** A lease's file that is ours and open: what is written goes there, also when another one has its name. */
export class LeaseFile {
  private signs = 0;
  private isOpen = true;

  private constructor(
    private readonly owner: Owner,
    private readonly file: number,
  ) {
    this.write();
    // On a network's file system others see it only then.
    flushNow(file);
  }

  /**
   * Creates a file that is not there.
   *
   * @returns undefined where it is.
   */
  static create(path: string): LeaseFile | undefined {
    let file: number;
    try {
      file = openSync(path, 'wx');
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return undefined;
      throw error;
    }
    try {
      return new LeaseFile(newOwner(dirname(path)), file);
    } catch (error) {
      closeSync(file);
      removeFile(path);
      throw error;
    }
  }

  get id(): string {
    return this.owner.id;
  }

  /** Gives a sign of life. One that cannot be written is as good as none: after a minute without, a successor comes, and the owner notices. */
  sign(): void {
    this.signs++;
    try {
      this.write();
    } catch {
      return;
    }
    void flush(this.file).catch(() => {});
  }

  close(): void {
    if (this.isOpen) closeSync(this.file);
    this.isOpen = false;
  }

  private write(): void {
    const signs = String(this.signs).padStart(SIGN_DIGITS, '0');
    writeAll(this.file, Buffer.from(`${JSON.stringify({ ...this.owner, signs })}\n`), 0);
  }
}

/** A lease's file; undefined where there is none. */
export function readLease(path: string): Found | undefined {
  let text: string;
  try {
    // Asked before it is opened: opening a pipe waits for its writer.
    const found = lstatSync(path);
    const other = !found.isFile()
      ? 'is not a file'
      : found.size > MOST_BYTES
        ? `has ${found.size} bytes`
        : undefined;
    if (other !== undefined)
      throw new UserError(`${path} ${other}, expected a lock of gan-mnist: remove it`);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  return { path, text, key: parseOwner(text)?.id ?? digestOf(text) };
}

/** The file of whoever succeeds the owner of that key. */
export const successorOf = (root: string, key: string): string => `${root}-after-${key}`;

/** The lease that counts: the one that nobody has succeeded. Undefined where there is none. */
export const lastLease = (root: string): Found | undefined => chainOf(root).at(-1);

/** The root, its successor, and so on. Only one process in each step can have created the file. */
function chainOf(root: string): Found[] {
  const chain: Found[] = [];
  for (let next = readLease(root); next !== undefined;) {
    chain.push(next);
    if (chain.length > MOST_IN_A_ROW)
      throw new UserError(`${root} has successors without end: remove it and them`);
    next = readLease(successorOf(root, next.key));
  }
  return chain;
}

/** Creates the lease where there was none; undefined where another process was faster. */
export function createLeaseFile(root: string): LeaseFile | undefined {
  const file = LeaseFile.create(root);
  if (file === undefined || lastLease(root)?.key === file.id) return file;
  // It took so long that somebody took the empty file for a dead process's.
  file.close();
  return undefined;
}

/**
 * Succeeds an owner that has died.
 *
 * @returns undefined where another process was faster, or the owner has given the lease back meanwhile.
 */
export function succeed(root: string, dead: Found): LeaseFile | undefined {
  const path = successorOf(root, dead.key);
  const file = LeaseFile.create(path);
  if (file === undefined) return undefined;
  try {
    const chain = chainOf(root);
    if (chain.at(-1)?.key === file.id) {
      // Before the rename: a predecessor that was stopped in this place finds its file gone.
      for (const { path: between } of chain.slice(1, -1)) removeFile(between);
      renameSync(path, root);
      removeStrays(root);
      return file;
    }
  } catch (error) {
    file.close();
    if (codeOf(error) === 'ENOENT') return undefined;
    removeFile(path);
    throw error;
  }
  file.close();
  removeFile(path);
  return undefined;
}

/** Files of successions that never came about. Nothing leads to them; one that is being made is withdrawn by its maker as well. */
function removeStrays(root: string): void {
  const next = basename(successorOf(root, ''));
  const ours = parseOwner(readFileSync(root, 'utf8'))?.id;
  for (const name of readdirSync(dirname(root)))
    if (name.startsWith(next) && name !== `${next}${ours}`) removeFile(join(dirname(root), name));
}

const digestOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 16);
