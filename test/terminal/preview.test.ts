import { decode } from 'fast-png';
import { Decoder } from 'sixel/lib/Decoder.js';
import { describe, expect, it } from 'vitest';
import { gridImage } from '../../src/images/grid.js';
import { graphicsOf } from '../../src/terminal/graphics.js';
import { previewImages } from '../../src/terminal/preview.js';
import { VirtualTerminal } from './virtual-terminal.js';
import { DIGIT_SHAPE } from '../support/sets.js';

/** 64 digits whose pixels all differ from their neighbours. */
const digits = Uint8Array.from({ length: 64 * 784 }, (_, i) => (i * 7 + (i >> 5) * 13) & 255);

/** The mean of the 2 x 2 pixels of a digit that a small pixel stands for. */
function meanAt(digit: number, x: number, y: number): number {
  const at = (dx: number, dy: number) => digits[digit * 784 + (2 * y + dy) * 28 + 2 * x + dx];
  return Math.round((at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1)) / 4);
}

describe('a preview in text', () => {
  it('shows two rows of digits as half blocks: colour above, background below', async () => {
    const terminal = new VirtualTerminal(80, 20);
    terminal.write(
      previewImages(digits, DIGIT_SHAPE, { columns: 80, graphics: 'text', colors: 3 }),
    );
    expect((await terminal.lines()).map((line) => line.length)).toEqual(Array(14).fill(74));
    for (const [column, line, upper, lower] of [
      [0, 0, meanAt(0, 0, 0), meanAt(0, 0, 1)],
      [15, 0, meanAt(1, 0, 0), meanAt(1, 0, 1)],
      [14, 3, 0, 0], // between two digits
      [62, 13, meanAt(9, 2, 12), meanAt(9, 2, 13)],
    ] as const) {
      const cell = await terminal.cell(column, line);
      expect(cell).toEqual({ text: '▀', color: upper * 0x010101, background: lower * 0x010101 });
    }
  });

  it.each([
    [200, 10],
    [80, 5],
    [40, 2],
    [15, 1],
  ])('in a window of %i columns shows %i digits a row', (columns, across) => {
    const text = previewImages(digits, DIGIT_SHAPE, { columns, graphics: 'text', colors: 0 });
    const widest = Math.max(...text.split('\n').map((line) => line.length));
    expect(widest).toBeLessThan(columns);
    expect(Math.ceil(widest / 15)).toBe(across);
  });

  it('says so where there is no room', () => {
    const narrow = { columns: 14, graphics: 'text', colors: 3 } as const;
    expect(previewImages(digits, DIGIT_SHAPE, narrow)).toBe(
      'the window is too narrow to show samples',
    );
  });

  it('uses letters without escapes where there are no gray tones', () => {
    const white = new Uint8Array(784).fill(255);
    for (const colors of [0, 1] as const) {
      const text = previewImages(white, DIGIT_SHAPE, { columns: 80, graphics: 'text', colors });
      expect(text).toBe(Array(7).fill('@'.repeat(14)).join('\n'));
    }
  });
});

describe('a preview as image', () => {
  it('gives kitty the grid as PNG in chunks', () => {
    const text = previewImages(digits, DIGIT_SHAPE, { columns: 80, graphics: 'kitty', colors: 3 });
    const chunks = [...text.matchAll(/\x1b_G([^;]*);([^\x1b]*)\x1b\\/g)]; // eslint-disable-line no-control-regex
    expect(chunks.map((chunk) => chunk[0]).join('')).toBe(text);
    expect(chunks[0][1]).toBe('a=T,f=100,q=2,m=1');
    expect(chunks.slice(1).map((chunk) => chunk[1])).toEqual(
      chunks.slice(1).map((_, i) => `m=${i === chunks.length - 2 ? 0 : 1}`),
    );
    expect(Math.max(...chunks.map((chunk) => chunk[2].length))).toBeLessThanOrEqual(4096);
    const png = decode(Buffer.from(chunks.map((chunk) => chunk[2]).join(''), 'base64'));
    expect(new Uint8Array(png.data)).toEqual(gridImage(digits, DIGIT_SHAPE, 8).pixels);
  });

  it('gives sixel the grid in 16 grays, smaller in a narrow window', () => {
    const text = previewImages(digits, DIGIT_SHAPE, { columns: 40, graphics: 'sixel', colors: 3 });
    const [, body] = /^\x1bP[\d;]*q(.*)\x1b\\$/s.exec(text)!; // eslint-disable-line no-control-regex
    const decoder = new Decoder();
    decoder.init();
    decoder.decodeString(body);
    const { pixels, width, height } = gridImage(digits, DIGIT_SHAPE, 8, 1);
    expect([decoder.width, decoder.height]).toEqual([width, height]);
    const red = Uint8Array.from(decoder.data32, (rgba) => rgba & 255);
    const worst = pixels.reduce((most, tone, i) => Math.max(most, Math.abs(tone - red[i])), 0);
    // Half a step between grays, and sixel's colours are whole percents.
    expect(worst).toBeLessThanOrEqual(255 / 15 / 2 + 255 / 100 / 2 + 1);
  });
});

describe('graphicsOf', () => {
  it.each([
    ['kitty', { TERM: 'xterm-kitty' }],
    ['kitty', { TERM: 'xterm-256color', KITTY_WINDOW_ID: '1' }],
    ['kitty', { TERM_PROGRAM: 'ghostty' }],
    ['sixel', { TERM: 'foot-extra' }],
    ['sixel', { TERM: 'mlterm-256color' }],
    ['sixel', { TERM: 'xterm-256color', TERM_PROGRAM: 'WezTerm' }],
    ['sixel', { TERM: 'xterm-256color', KONSOLE_VERSION: '230805' }],
    ['text', { TERM: 'xterm-256color', KONSOLE_VERSION: '210401' }],
    ['text', { TERM: 'xterm-256color' }],
    ['text', { TERM: 'tmux-256color', KITTY_WINDOW_ID: '1' }],
    ['text', { TERM: 'xterm-256color', TMUX: '/tmp/tmux-0/default,1,0', TERM_PROGRAM: 'WezTerm' }],
    ['text', { TERM: 'screen.foot' }],
    ['text', {}],
  ])('is %s for %o', (graphics, env) => {
    expect(graphicsOf(env)).toBe(graphics);
  });

  it('shows colours and other shapes: half blocks of the images’ own colours', async () => {
    const shape = [8, 8, 3] as const;
    const green = Uint8Array.from({ length: 2 * 192 }, (_, i) => (i % 3 === 1 ? 200 : 0));
    const terminal = new VirtualTerminal(80, 24);
    terminal.write(previewImages(green, shape, { columns: 80, graphics: 'text', colors: 3 }));
    const lines = await terminal.lines();
    expect(lines.slice(0, 4).map((line) => line.trimEnd())).toEqual(Array(4).fill('▀'.repeat(17)));
    const sixel = previewImages(green, shape, { columns: 80, graphics: 'sixel', colors: 3 });
    // Register of the colour green at 80 of 100, as DEC's sixel graphics count.
    expect(sixel).toContain(';2;0;80;0');
  });
});
