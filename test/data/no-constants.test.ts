import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Where MNIST's sizes may stand: what knows it, and the compiler, which knows no images. */
const ROOMS = ['data', 'compiler'];

/**
 * What stands for MNIST's images: 28 rows and columns, 784 pixels, and 10 where it counts classes. All three come from the images
 * everywhere else.
 */
const NUMBERS = /(?<![\w.])(28|784)(?![\w.:])|(length:|[<%]|[<>]=)\s*10\b/;

/** Lines where such a number means something else, by file: how many there are at most, and what they mean. */
const OTHERS: Readonly<Record<string, readonly [lines: number, meaning: string]>> = {
  'terminal/format.ts': [1, 'digits of a number of bytes'],
  'web/page-theme.ts': [1, 'colours of curves'],
};

const SOURCE = join(import.meta.dirname, '..', '..', 'src');

/** Code without comments: lines that begin as one, and what follows two slashes. */
const codeOf = (line: string): string =>
  /^\s*(\*|\/\/|\/\*)/.test(line)
    ? ''
    : line.replace(/\s\/\/ .*$/, '').replace(/arXiv[\s\d.]*/g, '');

describe('the numbers of MNIST', () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts') && !ROOMS.includes(name.split('/')[0]));

  it('stand nowhere but where MNIST is known, and as other numbers', () => {
    const found: string[] = [];
    for (const name of files) {
      const lines = readFileSync(join(SOURCE, name), 'utf8').split('\n').map(codeOf);
      const own = lines.filter((line) => NUMBERS.test(line)).length;
      const [most] = OTHERS[name] ?? [0];
      if (own > most) found.push(`${name} has ${own}, expected at most ${most}`);
    }
    expect(found).toEqual([]);
  });

  it('are found where they stand', () => {
    expect(NUMBERS.test('Array.from({ length: 10 })')).toBe(true);
    expect(NUMBERS.test('const side = 28;')).toBe(true);
    expect(NUMBERS.test('x * 784 + y')).toBe(true);
    expect(NUMBERS.test('const columns = 10;')).toBe(false);
    expect(codeOf('  // of 28 pixels')).toBe('');
    expect(codeOf(' * images [n, 784]')).toBe('');
  });
});
