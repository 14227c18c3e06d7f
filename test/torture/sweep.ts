/**
 * Trains a sweep on a real Slurm with two nodes on this machine while nodes and runs are killed: `npm run torture:sweep -- [runs]
 * [seconds between kills] [seed] [epochs]`; 30, 8, 1 and 8 without them. Needs root, slurm-wlm and munge (Debian), and Linux namespaces.
 * With 0 seconds nothing is killed and the overhead is told: how much longer Slurm takes than `sweep run --jobs 2` here, on an idle machine
 * (`-- 6 0 1 400`: six trainings of about a minute).
 *
 * Each node is a slurmd in its own UTS and PID namespace, so that leases see two machines. A node is lost by killing its
 * namespace, and everything in it, and comes back after some seconds. The next kill waits until some run has got an epoch further, so
 * that a busy machine comes to an end too. At the end each run's folder must be byte for byte that of the same sweep trained here one
 * run after the other, and no run may ever have had two processes at once. It fails at once where a hand would be needed: Slurm holds a
 * job, or has none left for a run that is not done.
 */
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sweep } from '../../src/runs/sweep.js';
import { statusOf } from '../../src/sweeps/status.js';
import { differingRuns, gan, planSweep, trainings } from './sweep-parts.js';

const [runs = 30, secondsBetweenKills = 8, seed = 1, epochs = 8] = process.argv
  .slice(2)
  .map(Number);
const NODES = ['n1', 'n2'] as const;
const SECONDS_DOWN = 3;
const MOST_MINUTES = 120;
const isDisturbed = secondsBetweenKills > 0;

const folder = mkdtempSync(join(tmpdir(), 'gan-mnist-slurm-'));
const conf = join(folder, 'slurm.conf');
const env = { ...process.env, SLURM_CONF: conf };
const nodes = new Map<string, ChildProcess>();
const kills = { nodes: 0, runs: 0 };
const twice = new Set<number>();

/** A seeded generator (mulberry32), so that kills can be repeated as far as timing allows. */
let state = seed;
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}

function startController(): ChildProcess {
  const template = readFileSync(join(import.meta.dirname, 'slurm.conf.in'), 'utf8');
  const host = hostname().split('.')[0];
  mkdirSync(join(folder, 'state'));
  writeFileSync(conf, template.replaceAll('@DIR@', folder).replaceAll('@HOST@', host));
  spawnSync('service', ['munge', 'start']);
  return spawn('slurmctld', ['-i', '-D'], { env, stdio: 'ignore' });
}

/** A slurmd that has a host name and process ids of its own. */
function startNode(name: string): void {
  const daemon = `hostname ${name} && exec slurmd -D -N ${name}`;
  const args = ['--uts', '--pid', '--mount-proc', '--fork', '--kill-child', 'sh', '-c', daemon];
  nodes.set(name, spawn('unshare', args, { env, stdio: 'ignore' }));
}

/** Whether a run waits for signs of life of a lost node's lease: killed then, it would only wait again. */
function waits({ folder: runs }: Sweep, index: number): boolean {
  const log = join(runs, `slurm-${index}.log`);
  return existsSync(log) && readFileSync(log, 'utf8').trimEnd().endsWith('then taking it over');
}

/** How often the runs' logs say something. */
function saidInLogs({ folder: sweep, runs: all }: Sweep, what: RegExp): number {
  const logs = all.map((_, index) => readFileSync(join(sweep, `slurm-${index}.log`), 'utf8'));
  return logs.reduce((sum, log) => sum + [...log.matchAll(what)].length, 0);
}

/** @throws Error where Slurm would do nothing more for runs that are not done. */
function checkQueue(sweep: Sweep): void {
  const { status, stdout } = spawnSync('squeue', ['--noheader', '--array', '--format=%F_%K %r'], {
    env,
    encoding: 'utf8',
  });
  // The controller is busy: the next look tells.
  if (status !== 0) return;
  const held = stdout.split('\n').filter((line) => /held|JobHold/i.test(line));
  if (held.length > 0) throw new Error(`Slurm holds ${held.join(', ')}`);
  if (stdout.trim() !== '') return;
  const left = statusOf(sweep).filter((one) => one.state !== 'done');
  if (left.length > 0)
    throw new Error(
      `no job is left for ${left.map((one) => `${one.name} (${one.state})`).join(', ')}`,
    );
}

async function disturb(sweep: Sweep): Promise<void> {
  const alive = trainings(sweep).filter(({ index }) => !waits(sweep, index));
  if (random() < 0.15) {
    const name = NODES[Math.floor(random() * NODES.length)];
    // The first process of the namespace takes the others with it.
    const init = spawnSync('pgrep', ['-P', String(nodes.get(name)!.pid)], { encoding: 'utf8' });
    for (const pid of init.stdout.split('\n').filter((text) => text !== ''))
      process.kill(Number(pid), 'SIGKILL');
    kills.nodes++;
    await sleep(1000 * SECONDS_DOWN);
    startNode(name);
  } else if (alive.length > 0) {
    const { pid } = alive[Math.floor(random() * alive.length)];
    spawnSync('kill', ['-KILL', String(pid)]);
    kills.runs++;
  }
}

async function untilDone(sweep: Sweep): Promise<void> {
  const deadline = performance.now() + 60_000 * MOST_MINUTES;
  let nextKill = performance.now() + 1000 * secondsBetweenKills;
  let epochsAtKill = 0;
  for (;;) {
    const status = statusOf(sweep);
    if (status.every((one) => one.state === 'done')) return;
    const left = status.filter((one) => one.state !== 'done').length;
    if (performance.now() > deadline) throw new Error(`${left} runs are not done`);
    const indices = trainings(sweep).map(({ index }) => index);
    for (const index of indices)
      if (indices.filter((other) => other === index).length > 1) twice.add(index);
    checkQueue(sweep);
    const epochs = status.reduce((sum, one) => sum + one.epochs, 0);
    if (isDisturbed && performance.now() > nextKill && epochs > epochsAtKill) {
      await disturb(sweep);
      epochsAtKill = epochs;
      nextKill = performance.now() + 1000 * secondsBetweenKills;
      process.stdout.write(`${left} left, ${epochs} epochs, ${JSON.stringify(kills)}\n`);
    }
    await sleep(500);
  }
}

const controller = startController();
try {
  const alone = planSweep(folder, 'alone', runs, epochs);
  const startedAlone = performance.now();
  const jobs = String(isDisturbed ? 1 : NODES.length);
  gan(join(folder, 'alone'), 'sweep', 'run', alone.folder, '--jobs', jobs, '--quiet');
  const secondsAlone = (performance.now() - startedAlone) / 1000;
  const cluster = planSweep(folder, 'cluster', runs, epochs);
  const script = join(folder, 'sweep.sh');
  gan(folder, 'sweep', 'script', cluster.folder, '--for', 'slurm', '--out', script);
  for (const name of NODES) startNode(name);
  await sleep(3000);
  execFileSync('sbatch', [script], { env });
  const started = performance.now();
  await untilDone(cluster);
  const seconds = (performance.now() - started) / 1000;
  const wrong = differingRuns(alone, cluster);
  console.log({
    runs,
    kills,
    secondsHere: Math.round(secondsAlone),
    seconds: Math.round(seconds),
    ...(!isDisturbed && { overhead: `${(100 * (seconds / secondsAlone - 1)).toFixed(1)}%` }),
    takenOver: saidInLogs(cluster, /is taken over from/g),
    // The first array of jobs, and those that took over from jobs that were put back too often.
    jobs: runs + saidInLogs(cluster, /^Submitted batch job/gm),
    differ: wrong,
    trainedTwiceAtOnce: [...twice],
    folder,
  });
  process.exitCode = wrong.length + twice.size === 0 ? 0 : 1;
} finally {
  if (existsSync(conf)) spawnSync('scancel', ['--user', 'root'], { env });
  for (const node of nodes.values()) node.kill('SIGKILL');
  controller.kill('SIGTERM');
}
