import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { chalkAt, colorLevel } from '../../src/terminal/colors.js';

describe('colorLevel', () => {
  it('is 0 where NO_COLOR is set and not empty', () => {
    expect(colorLevel(process.stdout, { NO_COLOR: '1' })).toBe(0);
    expect(colorLevel(new PassThrough(), { NO_COLOR: '1' })).toBe(0);
  });

  it.each([
    ['0', 0],
    ['false', 0],
    ['1', 1],
    ['true', 1],
    ['', 1],
    ['2', 2],
    ['3', 3],
  ])('is set by FORCE_COLOR=%s, in a pipe and against NO_COLOR too', (forced, level) => {
    expect(colorLevel(new PassThrough(), { FORCE_COLOR: forced, NO_COLOR: '1' })).toBe(level);
  });
});

describe('chalkAt', () => {
  it('colours at its own level', () => {
    expect(chalkAt(0).red('x')).toBe('x');
    expect(chalkAt(1).red('x')).toBe('\x1b[31mx\x1b[39m');
  });
});
