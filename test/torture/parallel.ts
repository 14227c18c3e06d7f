/**
 * Trains a sweep by GNU Parallel over ssh to this machine while runs are killed: `npm run torture:parallel -- [runs] [seconds between
 * kills]`; 8 and 5 without them. Needs parallel and sshd (Debian: parallel, openssh-server), and starts an sshd of its own on a free port
 * with keys of its own.
 *
 * At the end each run's folder must be byte for byte that of the same sweep trained here one run after the other.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { statusOf } from '../../src/sweeps/status.js';
import { differingRuns, gan, planSweep, trainings } from './sweep-parts.js';

const [runs = 8, secondsBetweenKills = 5] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'gan-mnist-parallel-'));

/** A port that nobody has. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** An sshd that takes one key, and the command that reaches it. */
async function startSshd(): Promise<{ readonly stop: () => void; readonly ssh: string }> {
  const port = await freePort();
  for (const name of ['host', 'user'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
  writeFileSync(join(folder, 'known'), readFileSync(join(folder, 'user.pub')), { mode: 0o600 });
  const config = join(folder, 'sshd_config');
  writeFileSync(
    config,
    `Port ${port}
ListenAddress 127.0.0.1
HostKey ${join(folder, 'host')}
AuthorizedKeysFile ${join(folder, 'known')}
StrictModes no
UsePAM no
PasswordAuthentication no
PidFile none
MaxStartups 100
`,
  );
  mkdirSync('/run/sshd', { recursive: true });
  const daemon = spawn('/usr/sbin/sshd', ['-D', '-f', config, '-E', join(folder, 'sshd.log')]);
  await sleep(1000);
  const quiet = '-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR';
  const ssh = `ssh -p ${port} -i ${join(folder, 'user')} ${quiet} ${userInfo().username}@127.0.0.1`;
  return { stop: () => void daemon.kill(), ssh };
}

const alone = planSweep(folder, 'alone', runs);
gan(join(folder, 'alone'), 'sweep', 'run', alone.folder, '--jobs', '1', '--quiet');
const remote = planSweep(folder, 'remote', runs);
const script = join(folder, 'sweep.sh');
gan(folder, 'sweep', 'script', remote.folder, '--for', 'parallel', '--out', script);
const { stop, ssh } = await startSshd();
let kills = 0;
try {
  const parallel = spawn('sh', [script, '--sshlogin', `2/${ssh}`], { stdio: 'inherit' });
  const ended = new Promise<number | null>((resolve) => parallel.once('close', resolve));
  let code: number | null | undefined;
  void ended.then((value) => (code = value));
  while (code === undefined) {
    await sleep(1000 * secondsBetweenKills);
    const [victim] = trainings(remote);
    // As often as each is tried again, and not more.
    if (victim === undefined || kills >= runs) continue;
    spawnSync('kill', ['-KILL', String(victim.pid)]);
    kills++;
  }
  const left = statusOf(remote).filter((one) => one.state !== 'done');
  const wrong = differingRuns(alone, remote);
  console.log({ runs, kills, code, left: left.length, differ: wrong, folder });
  process.exitCode = code === 0 && left.length + wrong.length === 0 ? 0 : 1;
} finally {
  stop();
}
