import { expect, it } from 'vitest';
import { tableText } from '../../src/terminal/table.js';

const table = {
  columns: ['run', 'seed', 'discriminator loss', 'generator loss'],
  rows: [
    ['0', '1', '1.0991', '0.9112'],
    ['11', '20', '1.1', '-'],
  ],
};

it('is as wide as its columns are, in columns', () => {
  expect(tableText(table)).toBe(
    [
      'run  seed  discriminator loss  generator loss',
      '  0     1              1.0991          0.9112',
      ' 11    20                 1.1               -',
    ].join('\n'),
  );
});

it.each([29, 31, 40])('stands in parts where the window has %i columns', (width) => {
  const text = tableText(table, { width });
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width);
  expect(text).toBe(
    [
      'run  seed  discriminator loss',
      '  0     1              1.0991',
      ' 11    20                 1.1',
      '',
      'run  generator loss',
      '  0          0.9112',
      ' 11               -',
    ].join('\n'),
  );
});

it('leaves a column alone that is wider than the window', () => {
  expect(tableText(table, { width: 10 }).split('\n\n')).toHaveLength(3);
});

it.each([
  [46, 'run  seed  discriminator loss'],
  [39, 'run  seed  discriminat…'],
  [20, 'run  seed  discrimi…'],
])('cuts one column short for lines of %i characters', (line, begin) => {
  const text = tableText(table, { shortens: { column: 2, fewest: 9, line } });
  expect(text.split('\n')[0]).toBe(`${begin}  generator loss`);
  expect(text.split('\n')[1]).toHaveLength(begin.length + 16);
});

it('counts two columns for a character that is as wide', () => {
  const wide = {
    columns: ['class', 'n'],
    rows: [
      ['猫猫猫', '1'],
      ['犬', '20'],
      ['é👍', '3'],
    ],
  };
  const isLeft = (k: number): boolean => k === 0;
  expect(tableText(wide, { isLeft }).split('\n')).toEqual([
    'class    n',
    '猫猫猫   1',
    '犬      20',
    'é👍      3',
  ]);
  const shortens = { column: 0, fewest: 3, line: 7 };
  expect(tableText(wide, { isLeft, shortens }).split('\n').slice(1, 3)).toEqual([
    '猫…   1',
    '犬   20',
  ]);
});
