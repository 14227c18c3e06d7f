import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { cli, startCli, type Outcome } from '../support/cli.js';
import { hasMounts, hasNamespaces } from '../support/namespaces.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
let count = 0;
const fresh = (): string => {
  const path = join(folder, String(count++));
  mkdirSync(path);
  return path;
};
const SMALL = '--limit 200 --batch-size 20 --units 4 --latent-size 6 --threads 1'.split(' ');

let run: string;
beforeAll(async () => {
  const args = ['train', ...SMALL, '--digit', '3', '--epochs', '2', '--quiet'];
  const { code, stderr } = await cli(...args, '--out', join(folder, 'outputs'));
  expect([code, stderr]).toEqual([0, expect.anything()]);
  run = join(folder, 'outputs', '00001-dense-digit-3');
});

/** A shell of its own file systems. */
function inMounts(script: string, cwd?: string): Promise<Outcome> {
  const wrap = ['unshare', '-rm', 'sh', '-ec', script, 'sh'];
  return startCli([], { wrap, ...(cwd !== undefined && { cwd }) }).outcome;
}

/** The command line in a script: what startCli appends are the script's arguments. */
const GAN = '"$1" "$2"';

describe.runIf(hasMounts())('on file systems of one’s own', () => {
  it('a data set fills the root of a volume', async () => {
    const volume = fresh();
    const { code, stdout, stderr } = await inMounts(
      `mount -t tmpfs none ${volume}; mkdir ${volume}/lost+found
       ${GAN} dataset --run ${run} --counts 3:60 --threads 1 --out ${volume}
       ${GAN} dataset --run ${run} --counts 3:50 --format npz --force --threads 1 --out ${volume}
       ls -A ${volume}`,
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.trimEnd().split('\n').slice(-3)).toEqual([
      'digits.npz',
      'lost+found',
      'manifest.json',
    ]);
  });

  it('a file that is mounted by itself is written, and so is one in a read-only folder', async () => {
    const place = fresh();
    const outside = join(fresh(), 'grid.png');
    writeFileSync(
      outside,
      'what was longer before than a grid of four images can ever be'.repeat(99),
    );
    writeFileSync(join(place, 'grid.png'), '');
    const { code, stderr } = await inMounts(
      `mount --bind ${outside} ${place}/grid.png
       ${GAN} sample --run ${run} --n 4 --threads 1 --out ${place}/grid.png
       mount --bind ${place} ${place}; mount -o remount,ro,bind ${place}
       mount --bind ${outside} ${place}/grid.png
       ${GAN} sample --run ${run} --n 4 --threads 1 --out ${place}/grid.png`,
    );
    expect([code, stderr]).toEqual([0, '']);
    const png = readFileSync(outside);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.subarray(-8, -4).toString()).toBe('IEND');
  });

  it('where a mounted file has no room for the new content, the old one is back', async () => {
    const place = fresh();
    writeFileSync(join(place, 'grid.png'), '');
    const { code, stdout, stderr } = await inMounts(
      `mount -t tmpfs -o size=8k none /mnt; head -c 3000 /dev/zero > /mnt/grid.png
       head -c 4096 /dev/zero > /mnt/rest
       mount --bind /mnt/grid.png ${place}/grid.png
       ${GAN} sample --run ${run} --n 400 --threads 1 --out ${place}/grid.png || echo code $?
       wc -c < ${place}/grid.png`,
    );
    expect([code, stdout, stderr]).toEqual([
      0,
      'code 1\n3000\n',
      expect.stringContaining('the disk is full'),
    ]);
  });

  it('a read-only run is looked at, with results beside the one who asks', async () => {
    const cwd = fresh();
    const { code, stdout, stderr } = await inMounts(
      `mount --bind ${run} ${run}; mount -o remount,ro,bind ${run}
       ${GAN} report ${run}
       ${GAN} sample --run ${run} --n 4
       ${GAN} report ${run} --out there`,
      cwd,
    );
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(
        /the file system is read-only; results go to 00001-dense-digit-3-results \(--out names/,
      ),
    ]);
    expect(stdout).toContain('2 epochs');
    expect(stdout).toContain('  report      there/report.html');
    for (const place of ['there', '00001-dense-digit-3-results'])
      expect(readdirSync(join(cwd, place))).toContain('report.html');
    expect(readdirSync(join(cwd, '00001-dense-digit-3-results'))).toContain('sample-n4-seed1.png');
  });

  it('what a container’s image has is replaced, removed and gone on with', async () => {
    const lower = fresh();
    cpSync(join(folder, 'outputs'), join(lower, 'outputs'), { recursive: true });
    const set = join(lower, 'set');
    const first = ['dataset', '--run', run, '--counts', '3:60', '--format', 'png', '--out', set];
    expect((await cli(...first)).code).toBe(0);
    const { code, stdout, stderr } = await inMounts(
      `mount -t tmpfs none /mnt; mkdir /mnt/upper /mnt/work /mnt/all
       mount -t overlay overlay -o lowerdir=${lower},upperdir=/mnt/upper,workdir=/mnt/work,userxattr /mnt/all
       cd /mnt/all
       ${GAN} dataset --run ${run} --counts 3:50 --format png --force --threads 1 --out set
       ${GAN} train --resume outputs/00001-dense-digit-3 --epochs 3 --quiet
       ${GAN} runs remove 00001-dense-digit-3 --yes
       find set -name '*.png' | wc -l; ls -A set outputs`,
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.trimEnd().split('\n').slice(-8)).toEqual([
      ...['59', 'outputs:', '', 'set:', 'SHA256SUMS', 'manifest.json', 'test', 'train'],
    ]);
  });

  it('data are described in a read-only folder', async () => {
    const { code, stdout } = await inMounts(`mount -t tmpfs -o ro none /mnt; cd /mnt; ${GAN} data`);
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining('no grid: cannot create the folder'),
    ]);
    expect(stdout).toContain('MNIST: all');
  });

  it.each([
    'dataset --run RUN --counts 3:60000',
    'train --data nothing-is-here',
    'train --each-digit --data nothing-is-here',
    'sweep new --seed 1,2 --data nothing-is-here',
  ])('nothing long begins where its result cannot be written: %s', async (command) => {
    const { code, stderr } = await inMounts(
      `mount -t tmpfs -o ro none /mnt; ${GAN} ${command.replace('RUN', run)} --out /mnt/set || exit 3`,
    );
    expect([code, stderr]).toEqual([
      3,
      'gan-mnist: cannot write /mnt/set: the file system is read-only\n',
    ]);
  });
});

describe.runIf(hasNamespaces())('two containers of one host name', () => {
  it('do not train one run at the same time', async () => {
    const outputs = join(fresh(), 'outputs');
    const wrap = ['unshare', '-rpf', '--mount-proc'];
    const long = ['--epochs', '5000', '--checkpoint-every', '5000', '--out', outputs];
    const first = startCli(['train', ...SMALL, ...long], { wrap });
    while (!existsSync(join(outputs, '00001-dense', 'samples', 'epoch-0001.png'))) await sleep(20);
    const resume = ['train', '--resume', '--epochs', '5000', '--out', outputs];
    const { code, stderr } = await startCli(resume, { wrap }).outcome;
    expect(code).toBe(2);
    expect(stderr).toMatch(/is locked by process \d+ on .*: waiting up to 60 s for a sign of life/);
    expect(stderr).toMatch(/is in use by process \d+ on .*: wait for it or stop it/);
    const inner = execFileSync('pgrep', ['-P', String(first.child.pid)], { encoding: 'utf8' });
    process.kill(Number(inner), 'SIGTERM');
    expect((await first.outcome).code).toBe(130);
  });

  it('do not write one data set at the same time', async () => {
    const out = join(fresh(), 'set');
    const script = (images: number): string[] => [
      'dataset',
      '--run',
      run,
      '--counts',
      `3:${images}`,
      '--threads',
      '1',
      '--out',
      out,
    ];
    const wrap = ['unshare', '-rpf', '--mount-proc'];
    const both = await Promise.all(
      [2000, 1000].map((images) => startCli(script(images), { wrap }).outcome),
    );
    expect(both.map(({ code }) => code).toSorted()).toEqual([0, 2]);
    const sums = `cd ${out} && jq -r '.files[]|"\\(.sha256)  \\(.name)"' manifest.json | sha256sum -c --quiet`;
    execFileSync('sh', ['-c', sums]);
  });
});
