import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cpuQuota, memoryLimit, processors } from '../src/machine.js';

const base = mkdtempSync(join(tmpdir(), 'gan-mnist-machine-'));
afterAll(() => rmSync(base, { recursive: true }));
let count = 0;

function machine(files: Record<string, string>): string {
  const root = join(base, String(count++));
  mkdirSync(root);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

const V2 = '30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n';
const v1 = (root: string): string =>
  `31 23 0:27 ${root} /sys/fs/cgroup/cpu rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n` +
  `32 23 0:28 ${root} /sys/fs/cgroup/memory rw shared:10 - cgroup cgroup rw,memory\n`;

describe('processors', () => {
  it('are those of the system without control groups', () => {
    expect(processors(machine({}), 7)).toBe(7);
    expect(memoryLimit(machine({}))).toBe(Infinity);
  });

  it.each([
    ['150000 100000', 1],
    ['50000 100000', 1],
    ['400000 100000', 4],
    ['max 100000', 64],
  ])('of a group of version 2 with the quota %s are %s of 64', (quota, expected) => {
    const root = machine({
      'proc/self/cgroup': '0::/\n',
      'proc/self/mountinfo': V2,
      'sys/fs/cgroup/cpu.max': `${quota}\n`,
    });
    expect(processors(root, 64)).toBe(expected);
  });

  it('are limited by the groups around as well (a service, a pod)', () => {
    const root = machine({
      'proc/self/cgroup': '0::/kubepods/pod1/container\n',
      'proc/self/mountinfo': V2,
      'sys/fs/cgroup/kubepods/pod1/container/cpu.max': 'max 100000\n',
      'sys/fs/cgroup/kubepods/pod1/cpu.max': '200000 100000\n',
      'sys/fs/cgroup/kubepods/cpu.max': '800000 100000\n',
      'sys/fs/cgroup/kubepods/pod1/memory.max': '1073741824\n',
      'sys/fs/cgroup/kubepods/pod1/container/memory.max': 'max\n',
    });
    expect(cpuQuota(root)).toBe(2);
    expect(memoryLimit(root)).toBe(2 ** 30);
  });

  it.each([
    ['/', '/docker/4f', 'sys/fs/cgroup/cpu/docker/4f', 'sys/fs/cgroup/memory/docker/4f'],
    ['/docker/4f', '/docker/4f', 'sys/fs/cgroup/cpu', 'sys/fs/cgroup/memory'],
  ])('of a group of version 1, mounted from %s', (mounted, group, cpu, memory) => {
    const root = machine({
      'proc/self/cgroup': `9:memory:${group}\n4:cpu,cpuacct:${group}\n1:name=systemd:/x\n0::/\n`,
      'proc/self/mountinfo': v1(mounted),
      [`${cpu}/cpu.cfs_quota_us`]: '300000\n',
      [`${cpu}/cpu.cfs_period_us`]: '100000\n',
      [`${memory}/memory.limit_in_bytes`]: '536870912\n',
    });
    expect(processors(root, 64)).toBe(3);
    expect(memoryLimit(root)).toBe(2 ** 29);
  });

  it('of version 1 without a quota are the system’s', () => {
    const root = machine({
      'proc/self/cgroup': '4:cpu:/\n',
      'proc/self/mountinfo': v1('/'),
      'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
      'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    });
    expect(processors(root, 64)).toBe(64);
  });
});

/** A real control group, where this test may make one. */
function makeGroup(): { path: string; enter: string } | undefined {
  const name = `gan-mnist-test-${process.pid}`;
  for (const [root, file, value] of [
    ['/sys/fs/cgroup', 'cpu.max', '100000 100000'],
    ['/sys/fs/cgroup/cpu', 'cpu.cfs_quota_us', '100000'],
  ]) {
    const path = join(root, name);
    try {
      mkdirSync(path);
      writeFileSync(join(path, file), value, { flag: 'r+' });
      return { path, enter: join(path, 'cgroup.procs') };
    } catch {
      try {
        rmdirSync(path);
      } catch {
        // It was not made.
      }
    }
  }
  console.log('not tried in a real control group: none can be made here');
  return undefined;
}

const group = makeGroup();
afterAll(() => group && rmdirSync(group.path));

it.runIf(group)('a process in a real control group of one processor sees one', () => {
  const module = new URL('../dist/machine.js', import.meta.url).href;
  const script = `echo $$ > ${group!.enter}; exec ${process.execPath} -e "import('${module}').then(({ processors }) => console.log(processors('/', 64)))"`;
  expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe('1\n');
});
