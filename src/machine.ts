import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';

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
    ...groupFiles(root, 'cgroup', 'memory', 'memory.limit_in_bytes'),
  ];
  return Math.min(Infinity, ...texts.map(Number).filter((bytes) => bytes > 0));
}

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
    const [, , , root, point] = before.split(' ');
    return { root, point };
  }
  return undefined;
}

/** Empty where there is no such file: another system, or a kernel without the controller. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
