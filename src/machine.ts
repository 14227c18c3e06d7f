import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { RunError } from './errors.js';

/** What this process may use of the machine. A container's limits are its control groups' (cgroups(7)); Node.js 20 does not look at them. */

/** The most threads that can be asked for. */
export const MOST_THREADS = 256;

/**
 * Threads that can run at the same time: the processors that this process may run on, or fewer where a quota gives it less
 * time than they have. Threads beyond the quota would not only wait: they would all be halted until the next period.
 *
 * @param root where `/proc` and `/sys` are.
 */
export function processors(root = '/', available = availableParallelism()): number {
  return Math.max(1, Math.min(available, Math.floor(cpuQuota(root))));
}

/** Processors' worth of time that the control groups allow; Infinity without a limit. */
export function cpuQuota(root = '/'): number {
  const v2 = groupFiles(root, 'cgroup2', '', 'cpu.max').map((text) => {
    const [quota, period] = text.split(/\s+/);
    return Number(quota) / Number(period);
  });
  const periods = groupFiles(root, 'cgroup', 'cpu', 'cpu.cfs_period_us').map(Number);
  const v1 = groupFiles(root, 'cgroup', 'cpu', 'cpu.cfs_quota_us').map(
    (text, k) => Number(text) / periods[k],
  );
  return Math.min(Infinity, ...[...v2, ...v1].filter((quota) => quota > 0));
}

/** Bytes that the control groups allow; Infinity without a limit. */
export function memoryLimit(root = '/'): number {
  const texts = [
    ...groupFiles(root, 'cgroup2', '', 'memory.max'),
    // Beyond it nothing is killed, but all is slowed down until memory is given back.
    ...groupFiles(root, 'cgroup2', '', 'memory.high'),
    ...groupFiles(root, 'cgroup', 'memory', 'memory.limit_in_bytes'),
  ];
  return Math.min(Infinity, ...texts.map(Number).filter((bytes) => bytes > 0));
}

/** Bytes of addresses that this process may have (`ulimit -v`, a batch system's limit on virtual memory); Infinity without a limit. */
export const addressLimit = (root = '/'): number => limitOf('address space', root);

/** A limit of this process, as proc(5) calls it; Infinity without one. */
function limitOf(name: string, root = '/'): number {
  const limits = read(join(root, 'proc/self/limits'));
  const [, found] = new RegExp(`^Max ${name} +(\\d+)`, 'm').exec(limits) ?? [];
  return found === undefined ? Infinity : Number(found);
}

/** What V8 keeps free for a WebAssembly memory, whatever its size, so that it need not check each access. */
const RESERVED_GIGABYTES = 10;

/**
 * Why a WebAssembly memory, an array or a thread was not to be had, as a sentence without an end; undefined for any other error.
 *
 * @param limit on addresses.
 */
export function shortageReason(error: unknown, limit = addressLimit()): string | undefined {
  // Ours say it already.
  if (!(error instanceof Error) || error instanceof RunError) return undefined;
  const [reason] = error.message.split('\n');
  if (/\bEAGAIN\b|ERR_WORKER_INIT_FAILED/.test(error.message))
    return `the system has no more threads (${reason}): raise the limit (ulimit -u, or the pids of its control group), or take --threads 1`;
  if (!NO_MEMORY.test(error.message)) return undefined;
  if (limit === Infinity) return `the system has not the memory (${reason})`;
  return `this process may have ${(limit / 2 ** 30).toFixed(1)} GB of addresses (ulimit -v), of which each WebAssembly memory takes ${RESERVED_GIGABYTES} (${reason}): raise the limit, or set NODE_OPTIONS=--disable-wasm-trap-handler, with which it takes what it uses`;
}

const NO_MEMORY =
  /WebAssembly\.Memory\(\)|could not allocate memory|Out of memory|Array buffer allocation failed/i;

/** V8's room for new objects is beside the old ones': 48 MB in Node.js 20, more in later versions. */
const LEAST_YOUNG_MB = 48;

/** Megabytes that the old objects of the JavaScript heap may have, as `--max-old-space-size` counts them; a larger number where that is not given. */
function oldHeapMegabytes(): number {
  const typed = [...(process.env['NODE_OPTIONS'] ?? '').split(/\s+/), ...process.execArgv];
  const given = typed.flatMap(
    (one) => /^--max[-_]old[-_]space[-_]size=(\d+)$/.exec(one)?.[1] ?? [],
  );
  const limit = getHeapStatistics().heap_size_limit / 2 ** 20 - LEAST_YOUNG_MB;
  return Math.min(limit, ...given.slice(-1).map(Number));
}

/** What a command needs at least, in megabytes: with less, V8 ends the process, with a stack. */
export interface LeastMemory {
  /** Of the JavaScript heap, as `--max-old-space-size` counts it. */
  readonly heap: number;
  /** Of all that the process writes to, as `ulimit -d` counts it. */
  readonly data: number;
}

/** @throws RunError without WebAssembly, or where a command may not have the memory that it needs at least. */
export function checkEngine(least: LeastMemory): void {
  if (!('WebAssembly' in globalThis))
    throw new RunError('this Node.js has no WebAssembly: start it without --jitless');
  const found = Math.floor(oldHeapMegabytes());
  if (found < least.heap)
    throw new RunError(
      `the JavaScript heap may have ${found} MB (--max-old-space-size), expected at least ${least.heap} for this command: raise it (NODE_OPTIONS)`,
    );
  const data = Math.floor(limitOf('data size') / 2 ** 20);
  if (data < least.data)
    throw new RunError(
      `this process may have ${data} MB of data (ulimit -d), expected at least ${least.data} for this command: raise it`,
    );
}

/** Of a thread: what Linux gives it of addresses (ulimit -s). */
const STACK_BYTES = 8 * 2 ** 20;

/**
 * Threads that this process may still start, by its limit on addresses, by its control groups and by the limit on its user's processes (`ulimit -u`), which
 * counts threads too and does not hold for root; Infinity without a limit.
 */
export function threadsLeft(root = '/', user = process.getuid?.() ?? 0): number {
  const groups = ['cgroup2', 'cgroup'].flatMap((type) => {
    const of = (file: string): string[] =>
      groupFiles(root, type, type === 'cgroup' ? 'pids' : '', file);
    const used = of('pids.current').map(Number);
    return of('pids.max').map((text, k) => Number(text) - used[k]);
  });
  const limit = limitOf('processes', root);
  const own = limit === Infinity || user === 0 ? [] : [limit - threadsOf(user, root)];
  const [, used] = /^VmSize:\s+(\d+)/m.exec(read(join(root, 'proc/self/status'))) ?? [];
  const stacks = (addressLimit(root) - 1024 * Number(used ?? 0)) / STACK_BYTES;
  const left = [...groups, ...own, Math.floor(stacks)].filter((count) => !Number.isNaN(count));
  return Math.max(0, Math.min(Infinity, ...left));
}

/** Sessions of ONNX Runtime, and threads for else, that a training has at the same time. */
const SESSIONS = 6;

/** How many threads a session may have, so that there are enough for all that a training has. */
export const threadsOfSessions = (left = threadsLeft()): number => 1 + Math.floor(left / SESSIONS);

/** All threads of a user. */
function threadsOf(user: number, root: string): number {
  const processes = readdirSync(join(root, 'proc')).filter((name) => /^\d+$/.test(name));
  return processes.reduce((sum, id) => {
    const status = read(join(root, 'proc', id, 'status'));
    const [, owner] = /^Uid:\s+(\d+)/m.exec(status) ?? [];
    const [, threads] = /^Threads:\s+(\d+)/m.exec(status) ?? [];
    return sum + (Number(owner) === user ? Number(threads) : 0);
  }, 0);
}

/** What a run's process takes with the default options: ARCHITECTURE.md has what was measured. */
export const BYTES_OF_A_RUN = 350e6;

/** Bytes that this process may get at the moment, by the system and the control groups. */
export const memoryLeft = (root = '/'): number =>
  Math.min(process.availableMemory(), memoryLimit(root));

/**
 * The contents of a file in this process's control group and those around it, from the inside out.
 *
 * @param type of the file system: cgroup2, or cgroup for version 1.
 * @param controller of version 1.
 */
function groupFiles(root: string, type: string, controller: string, file: string): string[] {
  const group = groupOf(read(join(root, 'proc/self/cgroup')), controller);
  const mount = mountOf(read(join(root, 'proc/self/mountinfo')), type, controller);
  if (group === undefined || mount === undefined) return [];
  // Without a namespace of its own, a container sees its group's path from the host, of which its mount shows the end.
  const below = relative(mount.root, group);
  const parts = below.startsWith('..') ? [] : below.split('/').filter((part) => part !== '');
  const texts: string[] = [];
  for (let depth = parts.length; depth >= 0; depth--) {
    const text = read(join(root, mount.point, ...parts.slice(0, depth), file)).trim();
    if (text !== '') texts.push(text);
  }
  return texts;
}

/** Lines `4:cpu,cpuacct:/path`, and `0::/path` of version 2. */
function groupOf(text: string, controller: string): string | undefined {
  for (const line of text.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path !== undefined && controllers.split(',').includes(controller)) return path;
  }
  return undefined;
}

/** Lines `36 35 0:30 /root /point options - type source options` (proc(5)). */
function mountOf(
  text: string,
  type: string,
  controller: string,
): { root: string; point: string } | undefined {
  for (const line of text.split('\n')) {
    const [before, after = ''] = line.split(' - ');
    const [found, , options = ''] = after.split(' ');
    if (found !== type) continue;
    if (controller !== '' && !options.split(',').includes(controller)) continue;
    const [root, point] = before.split(' ').slice(3).map(withBlanks);
    return { root, point };
  }
  return undefined;
}

/** Blanks and the like stand there as three octal digits. */
const withBlanks = (path: string): string =>
  path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));

/** Empty where there is no such file: another system, or a kernel without the controller. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
