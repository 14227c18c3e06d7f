import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../src/errors.js';
import { train } from '../../src/index.js';
import { readRunDescription } from '../../src/runs/run-description.js';
import { startCli, type Outcome } from '../support/cli.js';
import { eventsOf } from '../support/events.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const cwd = temporaryFolder();
const gan = (...args: string[]): Promise<Outcome> => startCli(args, { cwd }).outcome;

const SMALL = '--epochs 2 --limit 200 --batch-size 20 --units 4 --latent-size 6 --threads 1'.split(
  ' ',
);

describe('gan-mnist alone', () => {
  it('prints what there is, with examples', async () => {
    const { code, stdout, stderr } = await gan();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: gan-mnist/);
    for (const part of ['Commands:', 'Examples:', 'Exit codes:']) expect(stdout).toContain(part);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it.each(['runs', 'sweep'])('has examples of %s, which has parts', async (group) => {
    const { code, stdout } = await gan(group, '--help');
    expect([code, stdout]).toEqual([0, expect.stringContaining(`$ gan-mnist ${group} `)]);
  });

  it('has the options of a command with many under headings', async () => {
    const { stdout } = await gan('train', '--help');
    const headings = [...stdout.matchAll(/^(\S.*):$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(
      expect.arrayContaining(['What is trained', 'The networks', 'What computes', 'Examples']),
    );
    // Options that no heading claims.
    expect(stdout.split('\nOptions:\n')[1].split('\n\n')[0].trim()).toMatch(/^-h, --help [^\n]*$/);
  });
});

describe('train --name', () => {
  beforeAll(async () => {
    expect((await gan('train', ...SMALL, '--name', 'smoke')).code).toBe(0);
  });

  it('names the folder, which commands find by it, and as the newest', async () => {
    expect(readdirSync(join(cwd, 'outputs')).sort()).toEqual(['smoke']);
    const { code, stdout } = await gan('sample', 'smoke', '--n', '4', '--quiet');
    expect([code, stdout]).toEqual([0, 'outputs/smoke/sample-n4-seed1.png\n']);
    expect((await gan('report', '--quiet')).stdout).toContain('outputs/smoke/report.html');
  });

  it('refuses a name that is taken, or that no run can have', async () => {
    const refused: [string, RegExp][] = [
      ['smoke', /--name: outputs\/smoke is there already.*train --resume outputs\/smoke goes on/],
      ['a/b', /--name: found "a\/b", expected letters/],
      ['latest', /--name: found "latest", expected another name/],
      ['00007-dense', /expected a name that is not that of a numbered run/],
    ];
    for (const [name, says] of refused) {
      const { code, stderr } = await gan('train', ...SMALL, '--name', name);
      expect([code, stderr]).toEqual([EXIT_CODES.badInput, expect.stringMatching(says)]);
    }
  });

  it('stands between numbered runs by when it was made', async () => {
    expect((await gan('train', ...SMALL)).code).toBe(0);
    const { stdout } = await gan('runs', '--quiet');
    expect(stdout).toBe('outputs/smoke\noutputs/00001-dense\n');
  });
});

describe('train --from', () => {
  const begun = (name: string) => readRunDescription(join(cwd, 'outputs', name));

  it('begins with the weights and the options of another run', async () => {
    const typed = ['train', '--from', 'smoke', '--seed', '3', '--name', 'second', '--threads', '1'];
    const { code, stdout } = await gan(...typed, '--json');
    expect(code).toBe(0);
    const rows = eventsOf(stdout).filter(({ event }) => event === 'epoch');
    expect(rows).toHaveLength(2);
    const { options, from } = begun('second');
    expect(options).toEqual({ ...begun('smoke').options, seed: 3 });
    expect(from).toEqual({ run: join(cwd, 'outputs', 'smoke'), epochs: 2, step: 20 });
  });

  it.each([
    [['--resume', 'smoke'], '--from contradicts --resume'],
    [['--from', 'packaged'], '--from: packaged is the generator in the package alone'],
    [['--each-digit'], '--from and --each-digit: found both'],
    [['--units', '5'], 'the networks of outputs/smoke are others'],
  ])('refuses %j, and leaves no run', async (others, sentence) => {
    const before = readdirSync(join(cwd, 'outputs'));
    const { code, stderr } = await gan('train', '--from', 'smoke', ...others);
    expect([code, stderr]).toEqual([EXIT_CODES.badInput, expect.stringContaining(sentence)]);
    expect(readdirSync(join(cwd, 'outputs'))).toEqual(before);
  });
});

describe('train --dry-run', () => {
  it('says what a run would be and take, and writes nothing', async () => {
    const out = 'nothing';
    const args = ['train', ...SMALL, '--out', out, '--dry-run'];
    const { code, stdout } = await gan(...args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Generator, [\d,]+ parameters$/m);
    expect(stdout).toMatch(/dense_3 +Dense +784 +7,056$/m); // 8 x 784 + 784
    expect(stdout).toMatch(/steps +20: 2 epochs of 10, each of 20 of 200 images/);
    for (const label of ['time', 'memory', 'disk'])
      expect(stdout).toMatch(new RegExp(`^  ${label} +about \\d`, 'm'));
    expect(
      Math.max(
        ...stdout
          .split('\n')
          .slice(1)
          .map((line) => line.length),
      ),
    ).toBeLessThan(80);
    expect(existsSync(join(cwd, out))).toBe(false);
    const [event] = eventsOf((await gan(...args, '--json')).stdout);
    expect(event).toMatchObject({ event: 'done', dryRun: true, steps: 20, stepsPerEpoch: 10 });
  });

  it('is within a third of the disk that a run takes', async () => {
    const args = ['train', '--epochs', '5', '--limit', '2000', '--threads', '1'];
    const planned = eventsOf((await gan(...args, '--dry-run', '--json')).stdout)[0];
    expect((await gan(...args, '--name', 'whole')).code).toBe(0);
    const folder = join(cwd, 'outputs', 'whole');
    const bytes = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => statSync(join(folder, name)))
      .filter((found) => found.isFile())
      .reduce((sum, { size }) => sum + size, 0);
    const { diskBytes } = planned as unknown as { diskBytes: number };
    expect(diskBytes / bytes).toBeGreaterThan(0.67);
    expect(diskBytes / bytes).toBeLessThan(1.5);
  });
});

describe('--learning-rate', () => {
  const conv = '--model conv --limit 40 --batch-size 20 --filters 2 --base-channels 4'.split(' ');
  const says =
    "--learning-rate moves the generator alone: the discriminator's is 0.002 (--discriminator-learning-rate)";
  const one = ['--digit', '3'];

  it.each<[string, string[], boolean]>([
    ['of a convolutional model of one digit', ['train', '--dry-run', ...one], true],
    ['of both', ['train', '--dry-run', ...one, '--discriminator-learning-rate', '0.003'], false],
    ['of all digits', ['train', '--dry-run'], false],
    ['of a sweep of such models', ['sweep', 'new', ...one, '--seed', '1,2'], true],
  ])('says what it moves: %s', async (_, args, isSaid) => {
    const { code, stderr } = await gan(
      ...args,
      ...conv,
      '--learning-rate',
      '0.001',
      '--threads',
      '1',
    );
    expect([code, stderr]).toEqual([0, isSaid ? `${says}\n` : '']);
  });

  it('of a script says so to its follower', async () => {
    const warnings: string[] = [];
    const { folder } = await train({
      ...{ model: 'conv', digit: 3, limit: 40, batchSize: 20, filters: 2, baseChannels: 4 },
      ...{ epochs: 1, learningRate: 0.001, measureEvery: 0, threads: 1, draw: false },
      ...{ outputs: join(cwd, 'script'), on: { warning: (message) => warnings.push(message) } },
    });
    expect([existsSync(folder), warnings]).toEqual([true, [says]]);
  });
});

describe('train --fail-on collapse', () => {
  // A generator that hardly draws anything and hardly learns: all samples are alike for 2,000 steps.
  const collapsing =
    '--epochs 22 --limit 200 --batch-size 2 --units 1 --latent-size 1 --initialisation normal --learning-rate 1e-9 --threads 1 --sample-every 2';

  it('exits with 3 and says so, with everything written', async () => {
    const { code, stdout, stderr } = await gan(
      ...[
        'train',
        ...collapsing.split(' '),
        '--name',
        'collapsed',
        '--fail-on',
        'collapse',
        '--json',
      ],
    );
    expect(code).toBe(EXIT_CODES.gateFailed);
    expect(stderr).toMatch(/--fail-on collapse: the run has collapsed/);
    const events = eventsOf(stdout);
    expect(events.at(-1)).toMatchObject({ event: 'failed', exitCode: 3 });
    const done = events.at(-2) as unknown as {
      unmet: string[];
      verdict: { title: string }[];
      losses: object;
      diversity: number;
      paths: Record<string, string>;
    };
    expect(done.unmet).toHaveLength(1);
    expect(done.verdict.map(({ title }) => title)).toContain('Collapsed');
    expect(done.diversity).toBeLessThan(0.25);
    expect(Object.keys(done.losses)).toContain('discriminatorLoss');
    for (const path of Object.values(done.paths))
      expect(existsSync(join(cwd, path)), path).toBe(true);
    expect(readFileSync(join(cwd, done.paths.report), 'utf8')).toContain('Collapsed');
  });

  it('leaves a run alone that has not', async () => {
    const { code } = await gan('train', ...SMALL, '--name', 'fine', '--fail-on', 'collapse');
    expect(code).toBe(0);
  });
});

it('train --quiet prints the folder of the run and nothing else', async () => {
  const { code, stdout, stderr } = await gan('train', ...SMALL, '--name', 'quiet', '--quiet');
  expect([code, stdout, stderr]).toEqual([0, 'outputs/quiet\n', '']);
});
