import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { hostname } from 'node:os';

/** Who holds a lease. */
export interface Owner {
  /** 32 hexadecimal digits, drawn for this lease alone: host names, process ids and boots come again, in containers even together. */
  readonly id: string;
  readonly pid: number;
  /** The process's start in clock ticks since boot; process ids come again. Empty where the system does not tell. */
  readonly started: string;
  readonly host: string;
  /** The running kernel. Empty where the system does not tell. */
  readonly boot: string;
  /** The PID namespace, within which process ids mean something, and the time namespace, within which starts do. Empty where the system does not tell. */
  readonly namespace: string;
  /** The folder that it holds, by {@link numbersOf}; absent in leases of earlier versions. */
  readonly folder?: string;
}

const ID = /^[0-9a-f]{32}$/;
const TEXTS = ['started', 'host', 'boot', 'namespace'] as const;

/** This process, with a new id. @param folder that it is to hold. */
export const newOwner = (folder?: string): Owner => ({
  id: randomBytes(16).toString('hex'),
  pid: process.pid,
  started: statOf('self').started,
  host: hostname(),
  ...kernel(),
  ...(folder !== undefined && { folder: numbersOf(folder) }),
});

/** What this kernel knows a folder by: a renamed one has the same, a copy has others. Empty where it does not tell. */
export const numbersOf = (folder: string): string =>
  told(() => {
    const { dev, ino } = statSync(folder, { bigint: true });
    return `${dev}:${ino}`;
  });

/** Reads what a lease's file says; undefined where that is no owner: it is empty, torn, or of an earlier version. */
export function parseOwner(text: string): Owner | undefined {
  try {
    const value = JSON.parse(text) as Partial<Owner> | null;
    const { id, pid } = value ?? {};
    const isOwner =
      typeof id === 'string' &&
      ID.test(id) &&
      Number.isSafeInteger(pid) &&
      pid! > 0 &&
      TEXTS.every((key) => typeof value![key] === 'string') &&
      ['string', 'undefined'].includes(typeof value!.folder);
    return isOwner ? (value as Owner) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether an owner's process is there. Known only of the same kernel and namespaces; elsewhere the same process id, also
 * on a host of the same name, is another process, and the same process has another start. One that is alive may hold another folder,
 * of which this is a copy: as not all disks keep a folder's numbers, only its signs tell.
 *
 * @param folder in which its lease was found.
 */
export function fateOf(owner: Owner, folder?: string): 'alive' | 'dead' | 'unknown' {
  const { pid, started, boot, namespace } = owner;
  const here = kernel();
  if (boot === '' || namespace === '') return 'unknown';
  if (boot !== here.boot || namespace !== here.namespace) return 'unknown';
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there and another user's.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return 'dead';
  }
  const found = pid === process.pid ? statOf('self') : procIsOurs() ? statOf(pid) : NOTHING_TOLD;
  // It has ended, and waits for its parent to ask how: the first process of a container often never does.
  if (found.state === 'Z' || found.state === 'X') return 'dead';
  if (found.started === '' || started === '') return 'unknown';
  if (found.started !== started) return 'dead';
  const isCopy = folder !== undefined && numbersOf(folder) !== (owner.folder ?? numbersOf(folder));
  return isCopy ? 'unknown' : 'alive';
}

const kernel = (): Pick<Owner, 'boot' | 'namespace'> => ({
  boot: told(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
  namespace: told(() => readlinkSync('/proc/self/ns/pid') + timeNamespace()),
});

/** Linux has them since 5.6. */
const timeNamespace = (): string => told(() => readlinkSync('/proc/self/ns/time'));

/** Whether /proc counts processes as we do: in a new PID namespace it may still be mounted from the one around it. */
const procIsOurs = (): boolean => told(() => readlinkSync('/proc/self')) === String(process.pid);

const NOTHING_TOLD = { state: '', started: '' };

/** Fields 3 and 22 of /proc/PID/stat (proc(5)). */
function statOf(pid: number | 'self'): { readonly state: string; readonly started: string } {
  const stat = told(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat === '') return NOTHING_TOLD;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0], started: fields[19] };
}

/** Empty on systems without /proc, and of what it hides. */
function told(ask: () => string): string {
  try {
    return ask();
  } catch {
    return '';
  }
}

/** What a person is told of an owner. */
type Named = Pick<Owner, 'pid' | 'host'>;

/** Whom a lease's file names, also one of an earlier version. */
export function namedOwner(text: string): Named | undefined {
  try {
    const { pid, host } = (JSON.parse(text) ?? {}) as Partial<Named>;
    return (
      parseOwner(text) ??
      (typeof pid === 'number' && typeof host === 'string' ? { pid, host } : undefined)
    );
  } catch {
    return undefined;
  }
}

/** Process ids of the same kernel and namespace need no host's name. */
export function ownerText(owner: Named): string {
  const isHere = 'boot' in owner && fateOf(owner as Owner) !== 'unknown';
  return `process ${owner.pid}${isHere ? '' : ` on ${owner.host}`}`;
}
