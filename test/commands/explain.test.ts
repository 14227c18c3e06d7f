import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import makeWabt from 'wabt';
import { startCli, type Outcome } from '../support/cli.js';
import { checkedEvent } from '../support/events.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const explain = (args: string, cwd = folder): Promise<Outcome> =>
  startCli(['explain', ...args.split(' ').filter(Boolean)], { cwd }).outcome;

const SMALL =
  '--limit 200 --batch-size 20 --units 4 --latent-size 6 --epochs 1 --threads 1 --measure-every 0';

beforeAll(async () => {
  const { code } = await startCli(['train', ...SMALL.split(' ')], { cwd: folder }).outcome;
  expect(code).toBe(0);
});

describe('gan-mnist explain', () => {
  it("shows the newest run's own step, in lines of a terminal", async () => {
    const { code, stdout, stderr } = await explain('');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('the training step of outputs/00001-dense (dense, batch of 20)');
    for (const phase of ['trace', 'simplify', 'assign', 'schedule', 'place', 'encode'])
      expect(stdout).toMatch(new RegExp(`^${phase} +\\d+  \\S`, 'm'));
    expect(stdout).toMatch(/^all +\d+\.\d{3} +100% {2}median of \d+ runs, on random numbers$/m);
    expect(stdout).toMatch(/biasIntoProduct \d+/);
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  it('shows what one phase made', async () => {
    const { stdout: traced } = await explain('--phase trace');
    expect(traced).toContain('input real: f32[20, 784]');
    expect(traced).toMatch(/^next generator\//m);
    const { stdout: assigned } = await explain('--phase assign');
    expect(assigned).toMatch(/= Gemm\(.* {2}onnx$/m);
    expect(assigned).toMatch(/= Sub\(.* {2}wasm$/m);
    const { stdout: scheduled } = await explain('--phase schedule --backend wasm');
    expect(scheduled).toMatch(/^0\. wasm\n {3}\w/);
  });

  it('shows the generated code as text that assembles to the same code', async () => {
    const { stdout } = await explain('--phase encode --backend wasm');
    const [, bytes, text] = /the module, of (\d+) bytes\n([^]*)$/.exec(stdout)!;
    expect(text).toMatch(/;; stage 0: .*Gemm/);
    const features = { simd: true, threads: true, bulk_memory: true };
    const module = (await makeWabt()).parseWat('step.wat', text, features);
    expect(module.toBinary({}).buffer.length).toBe(Number(bytes));
  });

  it('shows the step of a model, and of the packaged run where there is none', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    const { stdout } = await explain('--phase simplify', empty);
    expect(stdout).toMatch(/^input real: f32\[64, 28, 28, 1\]/);
    const { stdout: conv } = await explain('--model conv --phase place', empty);
    expect(conv).toMatch(/^ *address +bytes {2}array\n/);
  });

  it('says the same in JSON', async () => {
    const { stdout, stderr } = await explain('--json --phase run --backend wasm');
    const event = checkedEvent(JSON.parse(stdout));
    if (event.event !== 'done' || event.command !== 'explain') throw new Error('no explanation');
    expect(event).toMatchObject({ run: 'outputs/00001-dense', model: 'dense', backend: 'wasm' });
    expect(event.phases.map(({ phase }) => phase).join()).toBe(
      'trace,simplify,assign,schedule,place,encode',
    );
    const [stage] = event.stages;
    expect(event.stages).toHaveLength(1);
    expect(stage.engine).toBe('wasm');
    const sum = stage.calls.reduce((total, { milliseconds }) => total + milliseconds, 0);
    expect(stage.milliseconds).toBeCloseTo(sum, 6);
    expect(event.text).toContain('0.0 ');
    expect(stderr).toBe('');
  });

  it('counts each op where it is computed', async () => {
    const { stdout } = await explain('--json --backend native');
    const event = checkedEvent(JSON.parse(stdout));
    if (event.event !== 'done' || event.command !== 'explain') throw new Error('no explanation');
    expect(event.stages.length).toBeGreaterThan(2);
    const count = (op: string): number =>
      event.stages.reduce((sum, { ops }) => sum + (ops[op] ?? 0), 0);
    // The generator's update takes its images and hidden layers from the discriminator's: two layers of it, two of the discriminator, twice.
    expect({ tanh: count('Tanh'), leaky: count('LeakyRelu') }).toEqual({ tanh: 1, leaky: 6 });
  });

  it.each([
    ['--backend cpu', '--backend: found cpu, which runs TensorFlow.js a kernel at a time'],
    ['--model conv outputs/00001-dense', '--model and RUN (outputs/00001-dense): found both'],
    ['--phase lower', '--phase: found "lower", expected one of trace, simplify'],
    ['outputs/00009-dense', 'RUN: found no run in outputs/00009-dense'],
    [
      '--fused-multiply-add --backend native',
      '--fused-multiply-add: found it with --backend native',
    ],
  ])('refuses %s', async (args, message) => {
    const { code, stdout, stderr } = await explain(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`gan-mnist: ${message}`);
  });
});
