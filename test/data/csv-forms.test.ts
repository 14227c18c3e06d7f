import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { pixelsOf } from '../../src/data/image-set.js';
import { loadImages } from '../../src/data/load.js';
import { UserError } from '../../src/errors.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
function place(name: string, content: string | Uint8Array): string {
  const path = join(mkdtempSync(join(folder, 'set-')), name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** Six images of 8 x 8, none alike, with black corners as most have them. */
const LABELS = [2, 0, 1, 1, 0, 2];
const IMAGES = LABELS.map((_, n) =>
  Array.from({ length: 64 }, (__, k) => (k === 0 || k === 63 ? 0 : (k * 37 + n * 101) % 256)),
);
const rows = IMAGES.map((image, n) => [LABELS[n], ...image]);
const joined = (all: readonly (readonly (string | number)[])[], by = ',', end = '\n'): string =>
  all.map((row) => `${row.join(by)}${end}`).join('');
const named = ['label', ...Array.from({ length: 64 }, (_, k) => `pixel${k}`)];
const numbered = Array.from({ length: 64 }, (_, k) => k);
const plain = joined(rows);
const withHeader = joined([named, ...rows]);
const last = rows.map(([label, ...image]) => [...image, label]);
const fixed = (digits: number) => (value: number) => value.toFixed(digits);
/** As 0 to 1, by this many digits behind a comma. */
const decimals = (row: readonly number[]): string[] =>
  row.map((value, k) => (k === 0 ? String(value) : (value / 255).toFixed(5).replace('.', ',')));
const quoted = (row: readonly (string | number)[]): string[] => row.map((value) => `"${value}"`);
const zip = (files: Record<string, string>): Uint8Array =>
  zipSync(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])),
  );

const FORMS: Record<string, [name: string, content: string | Uint8Array]> = {
  'line ends of old Macs': ['a.csv', joined(rows, ',', '\r')],
  'line ends of old Macs, with a header and none behind the last': [
    'a.csv',
    joined([named, ...rows], ',', '\r').slice(0, -1),
  ],
  'line ends of all kinds': [
    'a.csv',
    ['\r\n', '\n', '\r', '\r\n', '\n', '\r'].map((end, k) => joined([rows[k]], ',', end)).join(''),
  ],
  'blank lines between and behind': ['a.csv', `\n${withHeader.replaceAll('\n', '\r\n\r\n')}\n \n`],
  'rows that a spreadsheet emptied': ['a.csv', `${withHeader}${','.repeat(64)}\n`.repeat(1)],
  'UTF-16, little-endian': ['a.csv', Buffer.from(`\ufeff${withHeader}`, 'utf16le')],
  'UTF-16, big-endian': ['a.csv', Buffer.from(`\ufeff${withHeader}`, 'utf16le').swap16()],
  'UTF-16 without a mark': ['a.csv', Buffer.from(plain, 'utf16le')],
  'UTF-16 with tabs, as Excel’s Unicode text': [
    'a.csv',
    Buffer.from(`\ufeff${joined([named, ...rows], '\t', '\r\n')}`, 'utf16le'),
  ],
  'a mark of UTF-8': ['a.csv', `\ufeff${withHeader}`],
  semicolons: ['a.csv', joined([named, ...rows], ';', '\r\n')],
  'semicolons and decimal commas': ['a.csv', joined([named, ...rows.map(decimals)], ';')],
  'tabs, as .tsv': ['a.tsv', joined(rows, '\t')],
  'blanks, as numpy.savetxt writes it': [
    'a.csv',
    joined(
      rows.map((row) => row.map((value) => value.toExponential(18)).map(String)),
      ' ',
    ),
  ],
  'a comment as header, as numpy.savetxt writes it': [
    'a.csv',
    `# ${joined([named, ...rows.map((row) => row.map(fixed(4)))])}`,
  ],
  'Excel’s line of its separator': ['a.csv', `sep=;\r\n${joined([named, ...rows], ';', '\r\n')}`],
  'quotes around everything': ['a.csv', joined([quoted(named), ...rows.map(quoted)])],
  'blanks behind commas': ['a.csv', joined(rows, ', ')],
  'a comma at the end of each line': ['a.csv', joined([named, ...rows], ',', ',\n')],
  'a comma at the end of each line but the header': [
    'a.csv',
    `${joined([named])}${joined(rows, ',', ',\n')}`,
  ],
  'labels as 2.0': ['a.csv', joined(rows.map((row) => row.map(fixed(1))))],
  'labels as 2.0, last': ['a.csv', joined(last.map((row) => row.map(fixed(1))))],
  'labels last, with a header of other names': [
    'a.csv',
    joined([[...named.slice(1), 'kind of digit'], ...last]),
  ],
  'columns numbered by pandas': ['a.csv', joined([['label', ...numbered], ...rows])],
  'columns and lines numbered by pandas': [
    'a.csv',
    joined([['', ...numbered, 64], ...rows.map((row, n) => [n, ...row])]),
  ],
  'columns numbered, labels last': ['a.csv', joined([[...numbered, 64], ...last])],
  'gzip, as .csv.gz': ['a.csv.gz', gzipSync(withHeader)],
  'gzip under the name of a CSV file': ['a.csv', gzipSync(plain)],
  'a zip archive of one': ['a.csv.zip', zip({ 'a.csv': withHeader })],
  'a zip archive of one in UTF-16': [
    'a.zip',
    zipSync({ 'x/a.csv': Buffer.from(`\ufeff${withHeader}`, 'utf16le') }),
  ],
  'a zip archive of a Mac': [
    'archive.zip',
    zip({ 'digits/train.csv': plain, '__MACOSX/digits/._train.csv': 'x', 'digits/.DS_Store': 'x' }),
  ],
};

describe('a CSV file as people have it', () => {
  it.each(Object.keys(FORMS))('is the same images: %s', async (form) => {
    const { train, classes, test, remarks } = await loadImages(place(...FORMS[form]));
    expect(classes).toEqual(['0', '1', '2']);
    expect([...train.labels!]).toEqual(LABELS);
    expect([...pixelsOf(train)]).toEqual(IMAGES.flat());
    expect(test).toBeUndefined();
    // What is from 0 to 1 is stretched, and said to be.
    expect(remarks.length).toBe(form.includes('decimal') ? 1 : 0);
  });

  it('has -1 and 1 as labels, in the first column or the last', async () => {
    for (const isFirst of [true, false]) {
      const lines = IMAGES.map((image, n) => {
        const label = LABELS[n] === 1 ? 1 : -1;
        return isFirst ? [label, ...image] : [...image, label];
      });
      const { train, classes } = await loadImages(place('two.csv', joined(lines)));
      expect([classes, [...train.labels!]]).toEqual([
        ['-1', '1'],
        [0, 0, 1, 1, 0, 0],
      ]);
      expect([...pixelsOf(train)]).toEqual(IMAGES.flat());
    }
  });

  it('has both parts in an archive, and in a folder of compressed files', async () => {
    const files = { 'mnist_train.csv': plain, 'mnist_test.csv': joined(rows.slice(0, 2)) };
    const archive = place('archive.zip', zip(files));
    const packed = dirname(place('mnist_train.csv.zip', zip({ 'mnist_train.csv': plain })));
    writeFileSync(join(packed, 'mnist_test.csv.gz'), gzipSync(files['mnist_test.csv']));
    writeFileSync(join(packed, 'mnist_test.csv'), files['mnist_test.csv']);
    for (const data of [archive, packed]) {
      const { train, test, remarks } = await loadImages(data);
      expect([train.count, test?.count, remarks]).toEqual([6, 2, []]);
      expect([...pixelsOf(test!)]).toEqual(IMAGES.slice(0, 2).flat());
    }
  });

  it('has names as labels in any column, with commas and quotes in them', async () => {
    const names = ['"owl, ""snowy"""', 'Käfer', '"cat"', '"cat"', 'Käfer', '"owl, ""snowy"""'];
    const first = joined([named, ...IMAGES.map((image, n) => [names[n], ...image])]);
    const third = joined([
      ['p0', 'p1', 'label', ...named.slice(3)],
      ...IMAGES.map(([a, b, ...rest], n) => [a, b, names[n], ...rest]),
    ]);
    const forms = [first, third, Buffer.from(first, 'latin1'), Buffer.from(third, 'latin1')];
    for (const text of forms) {
      const { train, classes } = await loadImages(place('names.csv', text));
      expect(classes).toEqual(['Käfer', 'cat', 'owl, "snowy"']);
      expect([...train.labels!]).toEqual([2, 0, 1, 1, 0, 2]);
      expect([...pixelsOf(train)]).toEqual(IMAGES.flat());
    }
  });

  it('is read whole where a chunk ends between a return and a newline', async () => {
    const chunk = 2 ** 20;
    // Blanks up to where the return of a line is the last byte of the first chunk.
    const [before, after] = [plain.slice(0, plain.indexOf('\n')), plain.slice(plain.indexOf('\n'))];
    const text = `${' '.repeat(chunk - before.length - 2)}\n${before}\r${after}`;
    const { train } = await loadImages(place('long.csv', text));
    expect([...pixelsOf(train)]).toEqual(IMAGES.flat());
    const wrong = place('wrong.csv', `${text}1,2\r\n`);
    await expect(loadImages(wrong)).rejects.toThrow(
      'line 8 has 2 fields; expected 65, as in the first line',
    );
  });
});

describe('a CSV file that is refused', () => {
  const cell = (value: string): string => plain.replace(/,\d+\n$/, `,${value}\n`);
  it.each<[string, string | Uint8Array, RegExp]>([
    ['a.csv', cell('"1,234"'), /line 6: found "1,234"; expected a number without separators betw/],
    ['a.csv', cell("1'234"), /line 6: found "1'234"; expected a number without separators between/],
    ['a.csv', cell('nan'), /line 6: found "nan"; expected a number$/],
    [
      'a.csv',
      plain.replace(/\n2,(?=[\d,]+\n$)/, '\n,'),
      /line 6 has no label; expected one in each/,
    ],
    ['a.csv', cell(''), /line 6: found ""; expected a number$/],
    [
      'a.csv',
      joined(rows, ';').replace(/;\d+\n$/, ';1,234\n'),
      /line 6: found "1,234"; expected a number without separators between its thousands$/,
    ],
    ['a.csv', `\n\n${plain}1,2\r1,2\r`, /line 9 has 2 fields; expected 65, as in the first line$/],
    ['a.csv.gz', gzipSync(plain).subarray(0, 300), /is damaged: expected whole gzip data, found/],
    ['a.zip', zip({ 'a.txt': plain }), /is a zip archive without a CSV file \(unpack it\)/],
    ['a.zip', zip({ 'a.csv': plain }).subarray(0, 300), /is no whole zip archive: /],
    [
      'a.zip',
      zip({ 'train.csv': plain, 'train2.csv': plain }),
      /has several CSV files of training/,
    ],
    ['a.csv.zip', zip({ 'a.csv': '' }), /a\.csv is empty; expected a line for each image$/],
  ])('%s %#', async (name, content, message) => {
    const read = loadImages(place(name, content));
    await expect(read).rejects.toThrow(message);
    await expect(read).rejects.toThrow(UserError);
  });

  it.skipIf(process.platform === 'win32')('is a pipe: nobody waits for its writer', async () => {
    const pipe = join(dirname(place('readme.txt', '')), 'train.csv');
    spawnSync('mkfifo', [pipe]);
    await expect(loadImages(dirname(pipe))).rejects.toThrow(/train\.csv is not a file; expected a/);
  });
});
