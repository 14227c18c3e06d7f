import childProcess from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { RUN_OPTIONS } from '../../src/gan/options.js';
import { labelOf, type Sweep } from '../../src/runs/sweep.js';
import { combine, parseAxis } from '../../src/sweeps/axes.js';
import { schedulerIndex } from '../../src/sweeps/index-of-scheduler.js';
import { eventOf, startJob } from '../../src/sweeps/job.js';
import { scriptOf } from '../../src/sweeps/script.js';
import { statusOf } from '../../src/sweeps/status.js';
import { preloaded, required } from '../support/preload.js';

const axis = (name: keyof typeof RUN_OPTIONS, typed: string) =>
  parseAxis(name, RUN_OPTIONS[name], typed);

describe('what a sweep varies', () => {
  it('is lists and ranges', () => {
    expect(axis('seed', '1..3,7').values).toEqual([1, 2, 3, 7]);
    expect(axis('learningRate', '0.0005, 1e-3').values).toEqual([0.0005, 0.001]);
    expect(axis('model', 'dense,conv').values).toEqual(['dense', 'conv']);
  });

  it.each([
    ['seed', '3..1', /--seed: found "3..1", expected 1 to 10000 whole numbers/],
    ['seed', '1..99999999', /expected 1 to 10000 whole numbers from 0/],
    ['seed', '1,x', /--seed: found "x", expected a whole number/],
    ['seed', '', /--seed: found "", expected a whole number/],
    ['learningRate', '1..2', /--learning-rate: found "1..2", expected a number/],
    [
      'digit',
      '998..1000',
      /--digit: found "998..1000", expected 1 to 10000 whole numbers from 0 to 999/,
    ],
  ] as const)('refuses --%s %s', (name, typed, message) => {
    expect(() => axis(name, typed)).toThrow(message);
  });

  it('is combined, the last option changing fastest, each run with all its options', () => {
    const { varied, runs } = combine([
      axis('seed', '1,2'),
      axis('epochs', '5'),
      axis('learningRate', '0.0005,0.001'),
    ]);
    expect(varied).toEqual(['seed', 'learningRate']);
    expect(runs.map(({ name }) => name)).toEqual([
      'seed-1-learning-rate-0.0005',
      'seed-1-learning-rate-0.001',
      'seed-2-learning-rate-0.0005',
      'seed-2-learning-rate-0.001',
    ]);
    expect(runs[2].options).toMatchObject({ seed: 2, learningRate: 0.0005, epochs: 5 });
    expect(runs[2].options.batchSize).toBe(100);
    expect(labelOf({ varied }, runs[2])).toBe('seed 2, learning rate 0.0005');
  });

  it('must vary, and each run must be possible', () => {
    expect(() => combine([axis('seed', '1,2,1')])).toThrow(/--seed: found 1 twice/);
    for (const length of [axis('steps', '100'), axis('quality', 'fast,good')])
      expect(() => combine([axis('seed', '1,2'), axis('epochs', '5'), length])).toThrow(
        /--epochs and --(steps|quality): found both, expected one length of the run/,
      );
    expect(() => combine([axis('seed', '1,2'), { name: 'units', values: [] }])).toThrow(
      /--units: found no value, expected at least one/,
    );
    expect(() => combine([axis('epochs', '5')])).toThrow(/found one value of each option/);
    expect(() => combine([axis('model', 'dense,conv'), axis('units', '8')])).toThrow(
      /--units: found it with --model conv/,
    );
    expect(() => combine([axis('seed', '1..5000'), axis('epochs', '1,2,3')])).toThrow(
      /found 15000 combinations/,
    );
  });
});

describe('the index that a scheduler tells', () => {
  it.each([
    [{ SLURM_ARRAY_TASK_ID: '0' }, 0],
    [{ JOB_COMPLETION_INDEX: '7' }, 7],
    [{ AWS_BATCH_JOB_ARRAY_INDEX: '3' }, 3],
    [{ PBS_ARRAY_INDEX: '4' }, 4],
    [{ PARALLEL_SEQ: '1' }, 0],
    [{ SGE_TASK_ID: '5' }, 4],
    [{ SGE_TASK_ID: 'undefined' }, undefined],
    [{ LSB_JOBINDEX: '2' }, 1],
    [{ LSB_JOBINDEX: '0' }, undefined],
    [{ SLURM_ARRAY_TASK_ID: '2', PARALLEL_SEQ: '3' }, 2],
    [{}, undefined],
  ])('of %j is %s', (env, index) => {
    expect(schedulerIndex(env)).toBe(index);
  });

  it('must be one', () => {
    expect(() => schedulerIndex({ SLURM_ARRAY_TASK_ID: '2', PARALLEL_SEQ: '2' })).toThrow(
      /SLURM_ARRAY_TASK_ID for run 2 and PARALLEL_SEQ for run 1.*--index/,
    );
    expect(() => schedulerIndex({ PARALLEL_SEQ: '0' })).toThrow(
      /PARALLEL_SEQ: found "0", expected a whole number from 1/,
    );
    expect(() => schedulerIndex({ JOB_COMPLETION_INDEX: '-1' })).toThrow(/found "-1"/);
  });
});

describe('scripts', () => {
  const plan = combine([axis('seed', '1..4')]);
  const sweep: Sweep = { ...plan, folder: "/tmp/it's here", backend: 'wasm', threads: 2 };

  it('ask a scheduler for as many indices as there are runs', () => {
    expect(scriptOf(sweep, 'slurm')).toMatch(/^#SBATCH --array=0-3$/m);
    expect(scriptOf(sweep, 'slurm')).toMatch(/^#SBATCH --cpus-per-task=2$/m);
    expect(scriptOf(sweep, 'kubernetes')).toMatch(/^ {2}completions: 4$/m);
    expect(scriptOf(sweep, 'parallel')).toMatch(/^seq 0 3 \| parallel /m);
  });

  it('quote the folder for the shell', () => {
    expect(scriptOf(sweep, 'slurm')).toContain(`'/tmp/it'\\''s here' --index`);
  });
});

describe('the status of a run', () => {
  it('is running while a process has its lock that cannot be asked from here, as on another machine', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gan-mnist-status-'));
    const sweep: Sweep = {
      ...combine([axis('seed', '1,2')]),
      folder,
      backend: 'wasm',
      threads: 1,
    };
    mkdirSync(join(folder, 'seed-2'));
    const elsewhere = { id: 'a', pid: 7, started: '1', host: 'n2', boot: 'other', namespace: 'x' };
    writeFileSync(join(folder, 'seed-2', 'lock'), JSON.stringify(elsewhere));
    expect(statusOf(sweep).map(({ state }) => state)).toEqual(['waiting', 'running']);
    rmSync(folder, { recursive: true });
  });
});

/** What Node.js does where the system starts no process: it throws, or gives one without streams that tells of it. */
function failed(code: string, isThrown: boolean): childProcess.ChildProcess {
  const error = Object.assign(new Error(`spawn ${code}`), { code });
  if (isThrown) throw error;
  const child = Object.assign(new EventEmitter(), { kill: () => false });
  process.nextTick(() => child.emit('error', error));
  return child as unknown as childProcess.ChildProcess;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('processes of runs', () => {
  it('however many have one listener for our end, and none when they are over', async () => {
    const before = process.listenerCount('exit');
    const jobs = Array.from({ length: 3 }, () => startJob(['--version'], () => {}));
    expect(process.listenerCount('exit')).toBe(before + 1);
    for (const { ended } of jobs) expect((await ended).code).toBe(0);
    expect(process.listenerCount('exit')).toBe(before);
  });

  it.each([
    [
      'no memory for another',
      () => failed('ENOMEM', true),
      /^the process does not start: .*ENOMEM/,
    ],
    ['no file may be open', () => failed('EMFILE', false), /^the process does not start: .*EMFILE/],
  ])('that cannot be started have failed, and nothing else: %s', async (_, start, words) => {
    const { spawn } = childProcess;
    Object.assign(childProcess, { spawn: start });
    syncBuiltinESMExports();
    try {
      const { ended, interrupt } = startJob(['--version'], () => {});
      interrupt();
      const { code, lastWords } = await ended;
      expect([code, lastWords]).toEqual([1, expect.stringMatching(words)]);
    } finally {
      Object.assign(childProcess, { spawn });
      syncBuiltinESMExports();
    }
  });

  it('that do not come have failed after a while, and are ended', async () => {
    const before = process.env.NODE_OPTIONS;
    const file = join(mkdtempSync(join(tmpdir(), 'gan-mnist-late-')), 'pid');
    const { NODE_OPTIONS } = preloaded(
      `import { writeFileSync } from 'node:fs';
       writeFileSync(${JSON.stringify(file)}, String(process.pid));
       await new Promise(() => setInterval(() => {}, 1000));`,
    );
    process.env.NODE_OPTIONS = NODE_OPTIONS;
    try {
      // Long enough for it to say who it is.
      const { code, lastWords } = await startJob(['--version'], () => {}, 5000).ended;
      expect([code, lastWords]).toEqual([
        1,
        'the process does not start: it is not there after 5 s',
      ]);
      const pid = Number(readFileSync(file, 'utf8'));
      await vi.waitUntil(() => !isAlive(pid));
    } finally {
      if (before === undefined) delete process.env.NODE_OPTIONS;
      else process.env.NODE_OPTIONS = before;
    }
  });

  it('are heard behind what a preloaded module prints without a line’s end', () => {
    expect(eventOf('loading... {"event":"epoch","epoch":1}')).toEqual({ event: 'epoch', epoch: 1 });
    expect(eventOf('loading... {"event":')).toBeUndefined();
  });

  it('are over when they end, whatever a preloaded module has started holds their streams', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'gan-mnist-agent-')), 'pid');
    const before = process.env.NODE_OPTIONS;
    const { NODE_OPTIONS } = required(
      `const agent = require('node:child_process').spawn('sleep', ['600'], { stdio: 'inherit', detached: true });
       require('node:fs').writeFileSync(${JSON.stringify(file)}, String(agent.pid));
       agent.unref();`,
    );
    process.env.NODE_OPTIONS = NODE_OPTIONS;
    try {
      const { ended } = startJob(['sweep', 'run', 'nothing-is-here', '--json'], () => {});
      const { code, lastWords } = await ended;
      expect([code, lastWords]).toEqual([2, expect.stringMatching(/^PLAN: found no/)]);
    } finally {
      if (before === undefined) delete process.env.NODE_OPTIONS;
      else process.env.NODE_OPTIONS = before;
      // It is there still.
      process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL');
    }
  });

  it('whose heap is full say so, and not V8’s last lines', async () => {
    const before = process.env.NODE_OPTIONS;
    const { NODE_OPTIONS } = required('const all = []; for (;;) all.push({ all });');
    process.env.NODE_OPTIONS = `${NODE_OPTIONS} --max-old-space-size=12`;
    try {
      expect((await startJob(['--version'], () => {}).ended).lastWords).toBe(
        'its JavaScript heap was full: raise --max-old-space-size (NODE_OPTIONS)',
      );
    } finally {
      if (before === undefined) delete process.env.NODE_OPTIONS;
      else process.env.NODE_OPTIONS = before;
    }
  });
});
