import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { truncateSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isInUse, Lease, type LeaseTimes } from '../../src/files/lease.js';
import { newOwner, type Owner } from '../../src/files/lease-owner.js';
import { appendToFile } from '../../src/files/append.js';
import { replaceFile } from '../../src/files/replace.js';
import { hasTimeNamespaces } from '../support/namespaces.js';
import { temporaryFolder } from '../support/temporary-folder.js';

let count = 0;
const base = temporaryFolder();
function fresh(): string {
  const folder = join(base, String(count++));
  mkdirSync(folder);
  return folder;
}

/** A minute is a tenth of a second here. */
const SHORT: LeaseTimes = { sign: 10, patience: 100, patienceUnnamed: 50, look: 5 };
/** A process id that was some process's and is none's. */
const deadPid = spawnSync(process.execPath, ['-e', '']).pid;
const dead = (): Owner => ({ ...newOwner(), pid: deadPid });
const elsewhere = (): Owner => ({ ...newOwner(), boot: 'another', host: 'elsewhere' });
const lockOf = (folder: string): string => join(folder, 'lock');
const put = (folder: string, owner: object | string): void =>
  writeFileSync(lockOf(folder), typeof owner === 'string' ? owner : JSON.stringify(owner));

describe('a lease', () => {
  it('keeps others out, naming the process, and is given back', async () => {
    const folder = fresh();
    const lease = await Lease.take(folder);
    expect(isInUse(folder)).toBe(true);
    await expect(Lease.take(folder)).rejects.toThrow(`in use by process ${process.pid}: wait`);
    lease.release();
    lease.release();
    expect(readdirSync(folder)).toEqual([]);
    (await Lease.take(folder)).release();
  });

  it('of a dead process of this kernel is taken over at once, with a line', async () => {
    const folder = fresh();
    put(folder, dead());
    writeFileSync(join(folder, 'losses.csv.0badcafe.tmp'), 'part');
    const lines: string[] = [];
    const lease = await Lease.take(folder, { say: (line) => lines.push(line) });
    expect(lines).toEqual([`${folder} is taken over from process ${deadPid}, which is gone`]);
    expect(readdirSync(folder)).toEqual(['lock']);
    lease.check();
    lease.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('of a process whose id came again is taken over at once', async () => {
    const folder = fresh();
    put(folder, { ...newOwner(), pid: process.ppid, started: '1' });
    (await Lease.take(folder)).release();
  });

  it.runIf(process.platform === 'linux')(
    'of a process that has ended, and whose parent never asks, is taken over at once',
    async () => {
      const folder = fresh();
      const parent = spawn('sh', ['-c', 'sleep 600 & echo $!; exec sleep 600'], { stdio: 'pipe' });
      const [said] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(said.toString());
      const fields = (): string[] =>
        readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
      // What it is by now asks after no child.
      await vi.waitUntil(() => readFileSync(`/proc/${parent.pid}/comm`, 'utf8') === 'sleep\n');
      process.kill(pid, 'SIGKILL');
      await vi.waitUntil(() => fields()[0] === 'Z');
      put(folder, { ...newOwner(), pid, started: fields()[19] });
      expect(isInUse(folder)).toBe(false);
      (await Lease.take(folder)).release();
      parent.kill();
    },
  );

  it.each([
    ['another machine', (): object => elsewhere()],
    [
      'another PID namespace of the same host and boot',
      () => ({ ...dead(), namespace: 'pid:[1]' }),
    ],
    ['a system that does not say more', () => ({ ...dead(), boot: '', namespace: '' })],
    ['an earlier version', () => ({ pid: deadPid, started: '1', host: hostname() })],
  ])('of %s is taken over after silence, with a line before', async (_, owner) => {
    const folder = fresh();
    put(folder, owner());
    const lines: string[] = [];
    const before = performance.now();
    const lease = await Lease.take(folder, { say: (line) => lines.push(line), times: SHORT });
    expect(performance.now() - before).toBeGreaterThan(SHORT.patience);
    expect(lines[0]).toMatch(/is locked by process .*: waiting up to 0.1 s for a sign of life/);
    expect(lines[1]).toMatch(/is taken over from process/);
    lease.release();
  });

  it.runIf(hasTimeNamespaces())(
    'of a process in another time namespace, where its start is another number, is not taken for dead',
    () => {
      const program = new URL('../../dist/files/lease-owner.js', import.meta.url).href;
      const code = `console.log((await import('${program}')).fateOf(${JSON.stringify(newOwner())}))`;
      const node = [process.execPath, '--input-type=module', '-e', code];
      const args = ['-rT', '--boottime', '100000', ...node];
      expect(execFileSync('unshare', args, { encoding: 'utf8' })).toBe('unknown\n');
    },
  );

  it.each([
    ['empty', ''],
    ['no owner', 'null'],
    ['torn', '{"id":"00'],
    ['a path', JSON.stringify({ ...newOwner(), id: '../../../escape', host: undefined })],
  ])('that is %s is taken over after a shorter silence, and named', async (_, content) => {
    const folder = fresh();
    put(folder, content);
    const lines: string[] = [];
    (await Lease.take(folder, { say: (line) => lines.push(line), times: SHORT })).release();
    expect(lines[0]).toContain(
      `is locked by a process that left no name in ${lockOf(folder)}: wai`,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it('of another machine that gives signs of life is respected', async () => {
    const folder = fresh();
    const owner = elsewhere();
    let signs = 0;
    const living = setInterval(() => put(folder, { ...owner, signs: signs++ }), SHORT.sign);
    put(folder, owner);
    await expect(Lease.take(folder, { times: SHORT })).rejects.toThrow(
      `in use by process ${process.pid} on elsewhere: wait for it or stop it`,
    );
    clearInterval(living);
  });

  it('is waited for no longer than the user wants', async () => {
    const folder = fresh();
    put(folder, elsewhere());
    const controller = new AbortController();
    const waiting = Lease.take(folder, { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(waiting).rejects.toThrow('interrupted while waiting for');
  });

  it('gives signs of life', async () => {
    const folder = fresh();
    const lease = await Lease.take(folder, { times: SHORT });
    const first = readFileSync(lockOf(folder), 'utf8');
    await vi.waitUntil(() => readFileSync(lockOf(folder), 'utf8') !== first);
    expect(readFileSync(lockOf(folder), 'utf8')).toHaveLength(first.length);
    lease.release();
  });

  it('is taken over also where processes died while they took it over', async () => {
    const folder = fresh();
    const [first, second] = [dead(), dead()];
    put(folder, first);
    writeFileSync(`${lockOf(folder)}-after-${first.id}`, JSON.stringify(second));
    writeFileSync(`${lockOf(folder)}-after-${second.id}`, JSON.stringify(dead()));
    (await Lease.take(folder)).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('that goes round in a circle is refused', async () => {
    const folder = fresh();
    const owner = dead();
    put(folder, owner);
    writeFileSync(`${lockOf(folder)}-after-${owner.id}`, JSON.stringify(owner));
    await expect(Lease.take(folder)).rejects.toThrow('successors without end');
  });

  it('of a living process that holds another folder, of which this is a copy, is taken over after silence', async () => {
    const [folder, other] = [fresh(), fresh()];
    put(folder, newOwner(other));
    const lines: string[] = [];
    (await Lease.take(folder, { say: (line) => lines.push(line), times: SHORT })).release();
    expect(lines[0]).toMatch(/is locked by process \d+: waiting up to 0.1 s for a sign of life/);
    expect(lines[1]).toMatch(/is taken over from process/);
    put(folder, { ...newOwner(other), pid: deadPid });
    (await Lease.take(folder)).release();
    // Where a disk gives a folder other numbers, its owner gives signs.
    let signs = 0;
    const owner = newOwner(other);
    put(folder, owner);
    const living = setInterval(() => put(folder, { ...owner, signs: signs++ }), SHORT.sign);
    await expect(Lease.take(folder, { times: SHORT })).rejects.toThrow('in use by process');
    clearInterval(living);
  });

  it('is not taken along to a folder that stands in the place of its own', async () => {
    const folder = fresh();
    const lease = await Lease.take(folder);
    renameSync(folder, `${folder}-moved`);
    mkdirSync(folder);
    await expect(replaceFile(join(folder, 'file'), 'text')).rejects.toThrow(
      'another folder by now',
    );
    expect(readdirSync(folder)).toEqual([]);
    lease.release();
  });

  it('that is no owner’s by its size is refused', async () => {
    const folder = fresh();
    put(folder, 'x');
    truncateSync(lockOf(folder), 3 * 2 ** 30);
    await expect(Lease.take(folder)).rejects.toThrow(/lock has 3221225472 bytes, expected a lock/);
  });

  it('is created anew where somebody has tidied it up', async () => {
    const folder = fresh();
    const lease = await Lease.take(folder);
    rmSync(lockOf(folder));
    lease.check();
    expect(isInUse(folder)).toBe(true);
    lease.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is given back also where the folder is gone, and never taken there', async () => {
    const folder = fresh();
    const lease = await Lease.take(folder);
    rmSync(folder, { recursive: true });
    lease.check();
    lease.release();
    await expect(Lease.take(folder)).rejects.toThrow(/cannot lock .*: no such file/);
  });
});

/** As whoever finds the owner silent for a minute does it. */
async function succeedStopped(folder: string): Promise<Lease> {
  const path = lockOf(folder);
  const { boot, ...rest } = JSON.parse(readFileSync(path, 'utf8')) as Owner;
  void boot;
  // As another kernel would see it; signs are as far apart as if it were stopped.
  writeFileSync(path, JSON.stringify({ ...rest, boot: 'another' }));
  return Lease.take(folder, { times: SHORT });
}

describe('an owner that was stopped and lost its lease', () => {
  it('replaces and appends nothing more, and says why', async () => {
    const folder = fresh();
    const log = join(folder, 'log');
    await replaceFile(log, 'old\n');
    const lease = await Lease.take(folder);
    const next = await succeedStopped(folder);
    const id = (JSON.parse(readFileSync(lockOf(folder), 'utf8')) as Owner).id;
    expect(() => lease.check()).toThrow(
      `${folder} was taken over by process ${process.pid}, since this process gave no sign of life`,
    );
    lease.release();
    expect((JSON.parse(readFileSync(lockOf(folder), 'utf8')) as Owner).id).toBe(id);
    next.check();
    next.release();
  });

  it('finds its temporary file gone where it was stopped before the rename', async () => {
    const folder = fresh();
    const path = join(folder, 'losses.csv');
    const lease = await Lease.take(folder);
    const temporary = `${path}.0badcafe.tmp`;
    writeFileSync(temporary, 'old');
    const next = await succeedStopped(folder);
    expect(() => renameSync(temporary, path)).toThrow('ENOENT');
    await expect(appendToFile(path, 'late')).resolves.toBeUndefined();
    lease.release();
    next.release();
  });
});

const CHILDREN = 4;
/** Takes the folder again and again, and writes down when it has it; the file must never be there when it comes. */
const CONTENDER = `
import { closeSync, openSync, rmSync } from 'node:fs';
const { Lease } = await import(process.argv[2]);
const [folder, inside] = process.argv.slice(3);
let had = 0;
while (had < 25) {
  let lease;
  try { lease = await Lease.take(folder); } catch (error) {
    if (!/is in use by/.test(error.message)) throw error;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
    continue;
  }
  closeSync(openSync(inside, 'wx'));
  await new Promise((resolve) => setTimeout(resolve, 1));
  lease.check();
  rmSync(inside);
  lease.release();
  had++;
}
console.log('done');
`;

const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

function contend(folder: string, inside: string): Promise<string> {
  const script = join(base, 'contender.mjs');
  writeFileSync(script, CONTENDER);
  const lease = new URL('../../dist/files/lease.js', import.meta.url).href;
  const child = spawn(process.execPath, [script, lease, folder, inside]);
  children.add(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (some: string) => (text += some));
  return new Promise((resolve) => child.on('close', () => resolve(text)));
}

describe('processes that all want a folder', () => {
  it('have it one at a time, and each takes it over from the dead one', async () => {
    const folder = fresh();
    put(folder, dead());
    const inside = join(base, `inside-${count}`);
    const all = Array.from({ length: CHILDREN }, () => contend(folder, inside));
    expect(await Promise.all(all)).toEqual(new Array(CHILDREN).fill('done\n'));
    expect(readdirSync(folder)).toEqual([]);
    expect(existsSync(inside)).toBe(false);
  });
});
