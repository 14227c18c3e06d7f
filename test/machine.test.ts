import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  addressLimit,
  cpuQuota,
  memoryLimit,
  shortageReason,
  processors,
  threadsLeft,
  threadsOfSessions,
} from '../src/machine.js';

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

  it('are known where a mount has blanks in its name, and memory that is only throttled counts', () => {
    const root = machine({
      'proc/self/cgroup': '0::/user.slice/my\\x20job\n',
      'proc/self/mountinfo':
        '30 23 0:26 / /sys/fs/my\\040group rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n',
      'sys/fs/my group/cpu.max': '200000 100000\n',
      'sys/fs/my group/memory.max': 'max\n',
      'sys/fs/my group/memory.high': '268435456\n',
    });
    expect(processors(root, 64)).toBe(2);
    expect(memoryLimit(root)).toBe(2 ** 28);
  });

  it.each([
    ['an empty file', ''],
    ['a word', 'unlimited'],
    ['one number', '100000'],
    ['nothing', '0 100000'],
    ['less than nothing', '-1 100000'],
    ['a period of nothing', '100000 0'],
  ])('are the system’s where the quota of version 2 is %s', (_, quota) => {
    const root = machine({
      'proc/self/cgroup': '0::/\n',
      'proc/self/mountinfo': V2,
      'sys/fs/cgroup/cpu.max': `${quota}\n`,
    });
    expect(processors(root, 64)).toBe(64);
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

/** As Linux writes it (proc(5)). */
const limits = (addresses: string, processes: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units     \n` +
  `Max processes             ${processes.padEnd(20)} 127446               processes \n` +
  `Max address space         ${addresses.padEnd(20)} unlimited            bytes     \n`;

describe('a limit on addresses', () => {
  it('is read, and is none where the system says none', () => {
    const at = (text: string): number => addressLimit(machine({ 'proc/self/limits': text }));
    expect(at(limits('8192000000', '5'))).toBe(8_192_000_000);
    expect(at(limits('unlimited', '5'))).toBe(Infinity);
    expect(addressLimit(machine({}))).toBe(Infinity);
  });

  it('is named where a memory cannot be had, with what helps', () => {
    const error = new RangeError('WebAssembly.Memory(): could not allocate memory');
    expect(shortageReason(error, 8 * 2 ** 30)).toMatch(
      /may have 8\.0 GB of addresses \(ulimit -v\), .*NODE_OPTIONS=--disable-wasm-trap-handler/,
    );
    expect(shortageReason(error, Infinity)).toBe(
      'the system has not the memory (WebAssembly.Memory(): could not allocate memory)',
    );
    expect(shortageReason(new RangeError('Invalid array length'), 8)).toBeUndefined();
  });
});

describe('threads that are left', () => {
  const user = 1000;
  const status = (threads: number, owner = user): string =>
    `Name:\tnode\nUid:\t${owner}\t${owner}\t${owner}\t${owner}\nThreads:\t${threads}\n`;

  it('are those of the user’s limit that no process has; root has no limit', () => {
    const root = machine({
      'proc/self/limits': limits('unlimited', '40'),
      'proc/7/status': status(11),
      'proc/8/status': status(4),
      'proc/9/status': status(99, 0),
    });
    expect(threadsLeft(root, user)).toBe(25);
    expect(threadsLeft(root, 0)).toBe(Infinity);
  });

  it('are those of the control groups around, of either version', () => {
    const v2 = machine({
      'proc/self/cgroup': '0::/pod/container\n',
      'proc/self/mountinfo': V2,
      'sys/fs/cgroup/pod/container/pids.max': 'max\n',
      'sys/fs/cgroup/pod/container/pids.current': '12\n',
      'sys/fs/cgroup/pod/pids.max': '64\n',
      'sys/fs/cgroup/pod/pids.current': '60\n',
    });
    expect(threadsLeft(v2, 0)).toBe(4);
    const v1Pids = machine({
      'proc/self/cgroup': '9:pids:/box\n',
      'proc/self/mountinfo':
        '31 23 0:27 / /sys/fs/cgroup/pids rw shared:9 - cgroup cgroup rw,pids\n',
      'sys/fs/cgroup/pids/box/pids.max': '30\n',
      'sys/fs/cgroup/pids/box/pids.current': '12\n',
    });
    expect(threadsLeft(v1Pids, 0)).toBe(18);
  });

  it('make a session smaller before they run out', () => {
    expect(threadsOfSessions(Infinity)).toBe(Infinity);
    expect(threadsOfSessions(18)).toBe(4);
    expect(threadsOfSessions(3)).toBe(1);
  });
});
