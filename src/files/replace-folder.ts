import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { removeAbandoned } from './abandoned.js';
import { codeOf, explained } from './explain.js';
import { makeFolder, placeOf } from './folders.js';
import { askGuards } from './guards.js';
import { Lease, type LeaseRequest } from './lease.js';
import { readText } from './read.js';
import { writeFileWhole } from './replace.js';
import { isFolder } from './special.js';
import { isStray } from './stray.js';
import { startOf } from './temporaries.js';

const LOCK = '.lock';
const UNFINISHED = '.unfinished-';
/** Holds old entries, while they are moved away. */
const REPLACING = '.replacing-';
/** Holds all old entries. */
const REPLACED = '.replaced-';
/** Names the new entries, in a folder of old ones. */
const NEW = '.new.json';
const OURS = [LOCK, UNFINISHED, REPLACING, REPLACED, NEW];

/** What a user would say is in a folder; nothing where there is none. */
export function entriesOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return explained('read', folder, () => readdirSync(folder)).filter(
    (name) => !isStray(name) && !OURS.some((ours) => name.startsWith(ours)),
  );
}

export interface FolderRequest extends Pick<LeaseRequest, 'say' | 'signal'> {
  /** Refuses a folder that may not be filled; asked before and after. */
  readonly check: () => void;
  /** The entry without which the others are worth nothing: it goes first and comes last. */
  readonly seal: string;
}

/**
 * Fills a folder whole or not at all. One that is not there is filled under a hidden name beside it and renamed. One that
 * is there stays the same folder, with its mode, its owner and whoever stands in it, be it a link, `.` or a disk of its own: it is
 * filled in a hidden folder in it, whose entries then take the place of what was there, one by one, `seal` last. A process
 * that is killed in between leaves what the next one puts back.
 *
 * @param fill gets the hidden folder.
 * @throws what `fill` throws; nothing has changed then.
 */
export async function writeFolderWhole<T>(
  out: string,
  request: FolderRequest,
  fill: (folder: string) => Promise<T>,
): Promise<T> {
  const place = explained('read', out, () => placeOf(resolve(out)));
  return existsSync(place)
    ? filledWithin(out, place, request, fill)
    : filledBeside(out, place, request, fill);
}

async function filledBeside<T>(
  out: string,
  place: string,
  request: FolderRequest,
  fill: (folder: string) => Promise<T>,
): Promise<T> {
  request.check();
  makeFolder(dirname(place));
  const prefix = `.${startOf(basename(place))}-unfinished-`;
  const hidden = join(dirname(place), `${prefix}${randomUUID()}`);
  explained('create the folder', out, () => mkdirSync(hidden));
  try {
    explained('clean up beside', out, () =>
      removeAbandoned(
        dirname(place),
        (name) => name.startsWith(prefix) && join(dirname(place), name) !== hidden,
        statSync(hidden).mtimeMs,
      ),
    );
    const lease = await Lease.take(hidden);
    let result: T;
    try {
      result = await fill(hidden);
    } finally {
      lease.release();
    }
    if (!explained('write', out, () => moved(hidden, place))) {
      // Somebody else has made it meanwhile.
      request.check();
      await whileOurs(place, request, () => exchange(hidden, place, request.seal, out));
    }
    return result;
  } finally {
    rmSync(hidden, { recursive: true, force: true });
  }
}

/** False where there is a folder by now. */
function moved(hidden: string, place: string): boolean {
  try {
    renameSync(hidden, place);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(codeOf(error)) && existsSync(place)) return false;
    throw error;
  }
}

function filledWithin<T>(
  out: string,
  place: string,
  request: FolderRequest,
  fill: (folder: string) => Promise<T>,
): Promise<T> {
  if (!statSync(place).isDirectory()) request.check();
  return whileOurs(place, request, async () => {
    explained('clean up', out, () => recover(place, request.seal));
    request.check();
    const hidden = join(place, `${UNFINISHED}${randomUUID()}`);
    explained('create the folder', out, () => mkdirSync(hidden));
    try {
      const result = await fill(hidden);
      // Who knows no leases may have written there meanwhile.
      request.check();
      exchange(hidden, place, request.seal, out);
      return result;
    } finally {
      rmSync(hidden, { recursive: true, force: true });
    }
  });
}

async function whileOurs<T>(
  place: string,
  { say, signal }: FolderRequest,
  work: () => T | Promise<T>,
): Promise<T> {
  const lease = await Lease.take(place, {
    name: LOCK,
    ...(say && { say }),
    ...(signal && { signal }),
  });
  try {
    return await work();
  } finally {
    lease.release();
  }
}

/** Puts the entries of a hidden folder in the place of those that are there; where that fails, these are back. */
function exchange(hidden: string, place: string, seal: string, out: string): void {
  const id = randomUUID();
  const aside = join(place, `${REPLACING}${id}`);
  const replaced = join(place, `${REPLACED}${id}`);
  explained('write', out, () => {
    mkdirSync(aside);
    const entries = readdirSync(hidden).sort(lastIs(seal));
    writeFileWhole(join(aside, NEW), JSON.stringify(entries));
    try {
      moveAll(entriesOf(place).sort(lastIs(seal)).reverse(), place, aside);
      renameSync(aside, replaced);
      moveAll(entries, hidden, place);
    } catch (error) {
      recover(place, seal);
      throw error;
    }
  });
  rmSync(replaced, { recursive: true, force: true });
}

/** Ends an exchange that a process did not live to end: as if it had not begun, unless it was done. Only for whoever has the lease. */
function recover(place: string, seal: string): void {
  for (const name of readdirSync(place)) {
    const path = join(place, name);
    const isHalfDone = name.startsWith(REPLACED) && !existsSync(join(place, seal));
    if (isHalfDone)
      for (const entry of newEntries(path))
        rmSync(join(place, entry), { recursive: true, force: true });
    if (isHalfDone || name.startsWith(REPLACING))
      moveAll(entriesOf(path).sort(lastIs(seal)), path, place);
    if ([UNFINISHED, REPLACING, REPLACED].some((ours) => name.startsWith(ours)))
      rmSync(path, { recursive: true, force: true });
  }
}

const lastIs =
  (last: string) =>
  (a: string, b: string): number =>
    Number(a === last) - Number(b === last);

/** Names only, whatever somebody wrote there. */
function newEntries(aside: string): string[] {
  const names: unknown = JSON.parse(readText(join(aside, NEW)));
  return Array.isArray(names) ? names.map((name) => basename(String(name))) : [];
}

function moveAll(names: readonly string[], from: string, to: string): void {
  for (const name of names) {
    askGuards(join(to, name));
    move(join(from, name), join(to, name));
  }
}

/**
 * Moves a file or a folder. A folder of the image that a container runs cannot be renamed (overlayfs says EXDEV): what is in it is moved
 * instead, one by one, also into what a killed process has moved of it before.
 */
function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!isFolder(from) || !['EXDEV', 'ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) throw error;
    mkdirSync(to, { recursive: true });
    for (const name of readdirSync(from)) move(join(from, name), join(to, name));
    rmdirSync(from);
  }
}
