import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../src/errors.js';
import { BIN } from '../support/cli.js';
import { eventsOf } from '../support/events.js';
import { SLOW } from '../support/slow.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const EXAMPLES = resolve(import.meta.dirname, '../../examples');
/** Where a user stands: the first example leaves a run there, which the others take. */
const cwd = temporaryFolder();

const node = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
};
const example = (name: string, ...args: string[]): string => {
  const { status, stdout, stderr } = node(join(EXAMPLES, name), ...args);
  expect(stderr).toBe('');
  expect(status).toBe(EXIT_CODES.done);
  return stdout;
};

describe('the examples', () => {
  it('stop a training by a callback', () => {
    const printed = example('early-stop.js', 'outputs', '0', '500');
    expect(printed).toMatch(/^epoch 1: discriminatorLoss \d.*, diversity \d/m);
    // The epoch after the one that was enough has begun when that is known.
    expect(printed).toMatch(/00001-dense: [12] epochs in \d/);
    expect(existsSync(join(cwd, 'outputs/00001-dense/model/generator.onnx'))).toBe(true);
  });

  it('write images that NumPy reads', () => {
    example('images-to-numpy.js');
    const file = readFileSync(join(cwd, 'images.npy'));
    const header = file.subarray(10, 10 + file.readUInt16LE(8)).toString('latin1');
    expect(file.subarray(0, 8).toString('latin1')).toBe('\x93NUMPY\x01\x00');
    expect(header).toMatch(/'descr': '\|u1'.*'shape': \(1000, 28, 28\)/);
    const pixels = file.subarray(10 + header.length);
    expect(pixels).toHaveLength(1000 * 28 * 28);
    expect(new Set(pixels).size).toBeGreaterThan(100);
  });

  it('fit a line by a step of its own', () => {
    expect(example('own-step.js')).toMatch(/^y = 3\.000 x \+ -2\.000, loss/);
  });

  it.runIf(SLOW)('train with networks and a loss of their own, go on, sample and evaluate', () => {
    const printed = example('own-networks.js', 'own', '2', '500');
    expect(printed).toMatch(/^own\/00001-dense \{\n? *discriminatorLoss: \d/);
    expect(printed).toContain('10 images of a 3');
    // The command line makes of it what it makes of any run, and says what it cannot.
    const run = 'own/00001-dense';
    expect(node(BIN, 'sample', '--run', run, '--n', '4').status).toBe(EXIT_CODES.done);
    expect(node(BIN, 'explain', run).stderr).toContain(
      "has a discriminator, loss of a script's own",
    );
    const { status, stderr } = node(BIN, 'train', '--resume', run, '--epochs', '3');
    expect([status, stderr]).toEqual([
      EXIT_CODES.badInput,
      `gan-mnist: ${run} was begun by a script with its own discriminator, loss, which only that script has: expected it to call resume({ run, networks, loss })\n`,
    ]);
  });

  it("learn a circle by README's step", () => {
    const readme = readFileSync(join(EXAMPLES, '..', 'README.md'), 'utf8');
    const [, code] = /```js\n([^`]*'gan-mnist\/compiler'[^]*?)```/.exec(readme)!;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', code],
      { cwd: join(EXAMPLES, '..'), encoding: 'utf8' },
    );
    expect({ status, stderr }).toEqual({ status: EXIT_CODES.done, stderr: '' });
    // Guessing by the share of the circle, 0.38, has a loss of 0.67.
    expect(Number(/^loss (\d\.\d\d), first weight -?\d/.exec(stdout)?.[1])).toBeLessThan(0.2);
  });

  it.runIf(SLOW)('write a data set and judge it', () => {
    const printed = example('dataset-and-judge.js', '.', '6');
    expect(printed).toMatch(/^synthetic: train-images-idx3-ubyte, /);
    expect(printed).toMatch(/evaluation\.json$/m);
    expect(existsSync(join(cwd, 'synthetic/manifest.json'))).toBe(true);
  });

  it.runIf(SLOW)(
    'have a workflow whose commands are those of the program, and whose gate holds',
    () => {
      const workflow = readFileSync(join(EXAMPLES, 'ci.yml'), 'utf8');
      const commands = [...workflow.matchAll(/npx gan-mnist (.*) > /g)].map(([, line]) => line);
      const smaller: Record<string, string> = {
        train: '--epochs 1 --limit 200 --units 4 --batch-size 20',
        evaluate: '--images 200',
      };
      const results = commands.map((line) => {
        const [name] = line.split(' ');
        return node(BIN, ...line.split(' '), ...smaller[name].split(' '));
      });
      expect(results.map(({ status }) => status)).toEqual([EXIT_CODES.done, EXIT_CODES.gateFailed]);
      const ends = results.map(({ stdout }) => eventsOf(stdout).at(-1)?.event);
      expect(ends).toEqual(['done', 'failed']);
    },
  );

  it('are each run here', () => {
    const text = readFileSync(import.meta.filename, 'utf8');
    for (const name of readdirSync(EXAMPLES)) expect(text).toContain(`'${name}'`);
  });
});
