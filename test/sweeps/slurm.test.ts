import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Sweep } from '../../src/runs/sweep.js';
import { combine } from '../../src/sweeps/axes.js';
import { scriptOf } from '../../src/sweeps/script.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const SWEEP: Sweep = {
  ...combine([{ name: 'seed', values: [1, 2, 3] }]),
  folder: '/data/sweep',
  backend: 'wasm',
  threads: 2,
};

const all = temporaryFolder();
let folder: string;
/** The script with something else in the place of the training. */
function scriptWith(training: string): string {
  const script = scriptOf(SWEEP, 'slurm').replace(/^'.* --index "\$index" &$/m, `${training} &`);
  expect(script).toContain(`\n${training} &\n`);
  return script;
}

const environment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  PATH: `${folder}${delimiter}${process.env.PATH}`,
  SLURM_ARRAY_JOB_ID: '40',
  SLURM_ARRAY_TASK_ID: '2',
  ...env,
});

/** Slurm's commands, which only write down what they are asked for. */
beforeEach(() => {
  folder = mkdtempSync(join(all, 'slurm-'));
  for (const command of ['scontrol', 'sbatch']) {
    const path = join(folder, command);
    writeFileSync(
      path,
      `#!/bin/sh\necho ${command} "$@" "\${SLURM_RESTART_COUNT:-none}" >> ${folder}/asked\nexit "\${${command.toUpperCase()}_CODE:-0}"\n`,
    );
    chmodSync(path, 0o755);
  }
});

const asked = (): string =>
  existsSync(join(folder, 'asked')) ? readFileSync(join(folder, 'asked'), 'utf8') : '';

function submit(training: string, env: NodeJS.ProcessEnv = {}, before: string[] = []) {
  const path = join(folder, 'job');
  writeFileSync(path, scriptWith(training));
  const { status } = spawnSync('bash', [path, ...before], { env: environment(env) });
  return { path, status };
}

describe.skipIf(process.platform === 'win32')('the script for Slurm', () => {
  it.each([
    ['is done', 0, {}, [], false],
    ['cannot be', 2, {}, [], false],
    ['failed', 1, {}, [], true],
    ['failed for the third time', 1, { SLURM_RESTART_COUNT: '2' }, [], true],
    [
      'failed too often, some of it in an earlier job',
      1,
      { SLURM_RESTART_COUNT: '1' },
      ['3'],
      false,
    ],
    ['was preempted, however often', 75, {}, ['200'], true],
    ['was killed', 137, {}, ['20'], true],
    ['was killed too often', 137, {}, ['30'], false],
  ])('puts a run back that %s: %i %j %j', (_, code, env, before, again) => {
    const { status } = submit(`sh -c 'exit ${code}'`, env, before);
    expect(status).toBe(code);
    const { SLURM_RESTART_COUNT = 'none' } = env as { SLURM_RESTART_COUNT?: string };
    expect(asked()).toBe(again ? `scontrol requeue 40_2 ${SLURM_RESTART_COUNT}\n` : '');
  });

  it('hands a run over to a new job before Slurm holds this one, with the count of its attempts', () => {
    const { path, status } = submit(`touch ${folder}/trained`, { SLURM_RESTART_COUNT: '3' }, ['4']);
    expect(status).toBe(0);
    expect(asked()).toBe(`sbatch --array=2 ${path} 7 none\n`);
    expect(existsSync(join(folder, 'trained'))).toBe(false);
  });

  it('goes on itself where no job may submit one', () => {
    const env = { SLURM_RESTART_COUNT: '3', SBATCH_CODE: '1' };
    expect(submit(`touch ${folder}/trained`, env).status).toBe(0);
    expect(existsSync(join(folder, 'trained'))).toBe(true);
  });

  it('passes the signal of a preemption on and waits until the run has saved', async () => {
    const training = `sh -c 'trap "sleep 0.3; exit 75" TERM; touch ${folder}/begun; while :; do sleep 0.05; done'`;
    const path = join(folder, 'job');
    writeFileSync(path, scriptWith(training));
    const job = spawn('bash', [path], { env: environment({}) });
    const ended = new Promise((resolve) => job.on('exit', resolve));
    while (!existsSync(join(folder, 'begun'))) await new Promise((then) => setTimeout(then, 20));
    job.kill('SIGTERM');
    expect(await ended).toBe(75);
    expect(asked()).toBe('scontrol requeue 40_2 none\n');
  });
});
