import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXIT_CODES, Interrupted, RunError, UserError } from '../../src/errors.js';
import { failureEvent } from '../../src/cli/events.js';
import { cli } from '../support/cli.js';
import { checkedEvent, eventsOf } from '../support/events.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const outputs = join(folder, 'outputs');
const SMALL = '--limit 200 --batch-size 20 --units 4 --latent-size 6 --threads 1'.split(' ');

beforeAll(async () => {
  for (const seed of ['1', '2']) {
    const { code } = await cli(
      'train',
      ...SMALL,
      '--epochs',
      '1',
      '--seed',
      seed,
      '--out',
      outputs,
    );
    expect(code).toBe(0);
  }
});

const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await cli(...args, '--json');
  return { code, stderr, events: eventsOf(stdout) };
};

describe('the events of --json', () => {
  it('are by the published schema, which refuses what is none', () => {
    expect(() => checkedEvent({ event: 'epoch', epoch: 1 })).toThrow(/no event by the schema/);
    expect(() => checkedEvent({ event: 'done', command: 'sample' })).toThrow();
    expect(() => checkedEvent({ event: 'failed', message: 'x', exitCode: '2' })).toThrow();
    expect(checkedEvent({ event: 'failed', message: 'x', exitCode: 2 })).toBeDefined();
  });

  it('end a training with losses, diversity and paths by name', async () => {
    const out = join(folder, 'others');
    const { events } = await json('train', ...SMALL, '--epochs', '2', '--out', out);
    const end = events.at(-1);
    expect(end).toMatchObject({ event: 'done', command: 'train', epochs: 2 });
    if (end?.event !== 'done' || end.command !== 'train' || !('losses' in end))
      throw new Error('not the end of a training');
    const last = events.findLast((event) => event.event === 'epoch');
    expect(end.losses).toEqual({
      discriminatorLoss: last?.['discriminatorLoss'],
      generatorLoss: last?.['generatorLoss'],
      penalty: last?.['penalty'],
    });
    expect(end.diversity).toBe(last?.['diversity']);
    expect(Object.keys(end.paths)).toEqual(['report', 'losses', 'grid', 'samples', 'model']);
    expect(end.unmet).toEqual([]);
    for (const path of Object.values<string>({ ...end.paths }))
      expect(existsSync(path), path).toBe(true);
  });

  it.each([
    ['sample', ['--run', join(outputs, '00001-dense')]],
    ['interpolate', ['--run', join(outputs, '00001-dense'), '--steps', '3']],
    ['report', [join(outputs, '00001-dense')]],
    [
      'compare',
      [
        join(outputs, '00001-dense'),
        join(outputs, '00002-dense'),
        '--out',
        join(folder, 'compare'),
      ],
    ],
    ['data', ['--out', join(folder, 'digits.png')]],
  ])('are one for %s, which says that it is done', async (command, args) => {
    const { code, events } = await json(command, ...args);
    expect(code).toBe(0);
    expect(events).toMatchObject([{ event: 'done', command }]);
  });

  it('say also why a command fails, as stderr does', async () => {
    for (const args of [
      ['sample', '--run', folder],
      ['train', '--epochs', 'abc'],
      ['train', '--nothing'],
    ]) {
      const { code, stderr, events } = await json(...args);
      expect(code).toBe(EXIT_CODES.badInput);
      const [failed, ...more] = events;
      expect(more).toEqual([]);
      if (failed.event !== 'failed') throw new Error(`${failed.event} instead of failed`);
      expect(failed).toMatchObject({ exitCode: EXIT_CODES.badInput });
      expect(stderr).toBe(`gan-mnist: ${failed.message}\n`);
    }
  });

  it('say what each kind of failure exits with', () => {
    expect(failureEvent(new UserError('a'))).toEqual({
      event: 'failed',
      message: 'a',
      exitCode: 2,
    });
    expect(failureEvent(new RunError('b'))).toEqual({ event: 'failed', message: 'b', exitCode: 1 });
    expect(failureEvent(new TypeError('c'))).toEqual({
      event: 'failed',
      message: 'c',
      exitCode: 1,
    });
    expect(failureEvent(new Interrupted('d'))).toEqual({ event: 'interrupted', message: 'd' });
  });
});

describe('the exit codes', () => {
  it('are in the help of the program and of each command, with the table that the library exports', async () => {
    for (const args of [['--help'], ['train', '--help'], ['data', '--help']]) {
      const { stdout } = await cli(...args);
      const [, table] = stdout.split('Exit codes:\n');
      const codes = table
        .trimEnd()
        .split('\n')
        .map((line) => Number.parseInt(line, 10));
      expect(codes).toEqual(Object.values(EXIT_CODES));
    }
  });
});
