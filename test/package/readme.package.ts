import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../src/errors.js';
import { encodePng } from '../../src/images/png.js';
import { startCli, type Outcome } from '../support/cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const folder = temporaryFolder();
const base = join(folder, 'base');
/** Longer than any command takes here. */
const LONGEST_MS = 120_000;

/** The commands in the code blocks of README: without the prompt, npx, and comments. */
function commandsOf(markdown: string): string[] {
  const lines = [...markdown.matchAll(/^ {4}(\S.*)$/gm)].map(([, line]) => line);
  return lines
    .flatMap((line) => line.replace(/\s+#.*$/, '').split(/\s*(?:&&|;)\s*/))
    .map((part) => part.replace(/^\$ /, '').replace(/^npx /, ''))
    .filter((part) => part.startsWith('gan-mnist '))
    .map((part) => part.slice('gan-mnist '.length).trim());
}

const COMMANDS = [...new Set(commandsOf(README))];

/** What makes a command short: fewer images, and no browser. A training without a length of its own is interrupted after its first epoch. */
function shortened(command: string): string[] {
  const words = command
    .replace(/ --open\b/, '')
    .replace(/--per-digit \d+/, '--per-digit 13')
    .replace(/\bPLAN\b/, 'outputs/plan')
    .split(' ');
  const isNew = words[0] === 'train' && !words.includes('--resume');
  if (isNew && !words.includes('--data')) words.push('--limit', '640');
  if (words[0] === 'evaluate') words.push('--images', '200', '--epochs', '1');
  return words;
}

/** What is said when a command that goes on for long has done what it shows. */
function enough(words: readonly string[]): RegExp | undefined {
  const [command, part] = words;
  if (command === 'watch') return /http:/;
  // These end by themselves: the runs here have come to their ends.
  if (words.includes('--dry-run') || words.includes('--resume')) return undefined;
  if (command === 'train') return /epoch +1\//;
  return command === 'sweep' && part === 'run' ? /epoch +1\// : undefined;
}

/** Runs a command in a folder of its own, where all is that README speaks of. */
async function run(command: string, cwd: string): Promise<Outcome> {
  const words = shortened(command);
  const running = startCli(words, { cwd });
  const said = enough(words);
  const stop = AbortSignal.timeout(LONGEST_MS);
  let ended = false;
  void running.outcome.then(() => (ended = true));
  while (!ended && !stop.aborted && said?.test(running.stdout()) !== true) await sleep(100);
  if (!ended) running.child.kill(stop.aborted ? 'SIGKILL' : 'SIGINT');
  return running.outcome;
}

/** Where a reader of README stands: a plan, three runs, pictures in a folder per class, colour pictures, small digits in a CSV file, and a drawing. */
beforeAll(async () => {
  mkdirSync(base);
  const picture = (tone: number, channels: 1 | 3 = 1) => {
    const line = 28 * channels;
    const pixels = new Uint8Array(28 * line).fill(255);
    for (let y = 6; y < 22; y++)
      pixels.fill(tone, y * line + 12 * channels, y * line + 16 * channels);
    return encodePng({ width: 28, height: 28, channels, pixels });
  };
  const pictures = (name: string, channels?: 1 | 3): void => {
    mkdirSync(join(base, name), { recursive: true });
    for (let k = 0; k < 70; k++) writeFileSync(join(base, name, `${k}.png`), picture(k, channels));
  };
  pictures('pictures/cat');
  pictures('pictures/dog');
  pictures('stacked', 3);
  writeFileSync(join(base, 'photo.png'), picture(0));
  // Ten classes of 8 x 8 pixels in 17 shades, each line with its label at the end.
  const lines = Array.from({ length: 700 }, (_, k) =>
    [...Array.from({ length: 64 }, (_, pixel) => (pixel * (k % 10) + k) % 17), k % 10].join(),
  );
  writeFileSync(join(base, 'digits.csv'), `${lines.join('\n')}\n`);
  const small = '--epochs 1 --limit 640 --batch-size 64';
  for (const command of [
    'sweep new --seed 1..8 --epochs 1 --limit 640 --name plan',
    `train ${small} --name smoke`,
    `train ${small}`,
    `train ${small} --seed 2`,
  ]) {
    const { code, stderr } = await startCli(command.split(' '), { cwd: base }).outcome;
    expect([code, stderr]).toEqual([EXIT_CODES.done, '']);
  }
}, 300_000);

describe('README', () => {
  it('has commands', () => {
    expect(COMMANDS.length).toBeGreaterThan(30);
    expect(new Set(COMMANDS.map((command) => command.split(' ')[0])).size).toBeGreaterThan(10);
  });

  const interrupted = [EXIT_CODES.done, EXIT_CODES.interrupted];
  it.each(COMMANDS)('gan-mnist %s', async (command) => {
    const cwd = join(folder, command.replaceAll(/\W+/g, '-'));
    cpSync(base, cwd, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    if (command.includes('--name smoke'))
      rmSync(join(cwd, 'outputs', 'smoke'), { recursive: true });
    if (command.includes('--stack')) rmSync(join(cwd, 'stacked'), { recursive: true });
    if (command.startsWith('runs remove')) {
      // It asks, and there is nobody here.
      expect((await run(command, cwd)).stderr).toMatch(/--yes: expected it/);
      command += ' --yes';
    }
    if (command.includes('cat:')) {
      const train = 'train --data pictures --epochs 1 --batch-size 10';
      expect((await startCli(train.split(' '), { cwd }).outcome).code).toBe(EXIT_CODES.done);
    }
    const { code, stderr } = await run(command, cwd);
    const gate = command.includes('--require') ? [EXIT_CODES.gateFailed] : [];
    expect([...interrupted, ...gate], stderr).toContain(code);
    rmSync(cwd, { recursive: true });
  });
});
