import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkPictureOut } from '../../src/cli/picture-out.js';
import { UserError } from '../../src/errors.js';
import { decodePng } from '../../src/images/png.js';
import { BIN, cli } from '../support/cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const data = join(folder, 'train.csv');
const row = Array.from({ length: 64 }, (_, k) => 4 * k).join(',');
writeFileSync(data, `0,${row}\n1,${row}\n`);

describe('data --out', () => {
  it('- hands the grid to who reads stdout, and what is said to stderr', () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [BIN, 'data', '--data', data, '--out', '-'],
      { cwd: folder },
    );
    expect([status, String(stderr)]).toEqual([
      0,
      expect.stringMatching(/^Source .*\n.*8 x 8 gray/),
    ]);
    // A row of ten images of 8 x 8 for each class.
    const { width, height } = decodePng(new Uint8Array(stdout), 'stdout');
    expect(width / height).toBeGreaterThan(4);
    expect(readdirSync(folder)).toEqual(['train.csv']);
  });

  it.skipIf(process.platform === 'win32')('is what a shell hands over as an open file', () => {
    const out = join(folder, 'through.png');
    const command = `"${process.execPath}" "${BIN}" data --data "${data}" --out /dev/fd/3 3>&1 >/dev/null | cat > "${out}"`;
    const { stderr } = spawnSync('sh', ['-c', command]);
    expect(String(stderr)).toBe('');
    expect(() => decodePng(new Uint8Array(readFileSync(out)), out)).not.toThrow();
    rmSync(out);
  });

  it.each([['data'], ['sample'], ['project', 'seven.png'], ['interpolate'], ['report']])(
    '- and --json want one stream: %s',
    async (...command) => {
      const { code, stdout, stderr } = await cli(...command, '--out', '-', '--json');
      const message =
        '--json and --out -: found both, expected one of them: stdout has lines of JSON or the picture';
      expect([code, stderr]).toEqual([2, `gan-mnist: ${message}\n`]);
      expect(JSON.parse(stdout)).toEqual({ event: 'failed', message, exitCode: 2 });
    },
  );

  it('GRID.PNG is written as it is called', async () => {
    const out = join(folder, 'GRID.PNG');
    expect((await cli('data', '--data', data, '--out', out)).code).toBe(0);
    expect(() => decodePng(new Uint8Array(readFileSync(out)), out)).not.toThrow();
  });

  it.each(['jfif', 'avif', 'HEIC', 'WebP', 'jxl', 'svg', 'tiff', 'mp4', 'npy', 'json', 'html'])(
    'is not written as PNG under the name of another format: .%s',
    (end) => {
      const check = (): void => checkPictureOut(join(folder, `a.${end}`));
      expect(check).toThrow(UserError);
      expect(check).toThrow(/expected a name that ends in \.png: it is written as PNG$/);
      expect(() => checkPictureOut(join(folder, `a.${end}.v2`))).not.toThrow();
    },
  );

  it('is tried for both files of a walk before anything is drawn', async () => {
    mkdirSync(join(folder, 'walk.gif'));
    const out = join(folder, 'walk.png');
    const { code, stderr } = await cli('interpolate', 'packaged', '--out', out);
    expect([code, stderr]).toEqual([
      2,
      `gan-mnist: cannot write ${folder}/walk.gif: it is a folder\n`,
    ]);
  });

  it.each([
    [
      '~/grid.png',
      /^gan-mnist: cannot write ~\/grid\.png: ~ stands for a home folder in a shell alone/,
    ],
    ['s3://bucket/grid.png', /it is an address; expected a path of this machine/],
    ['grid.png.gz', /--out: found grid\.png\.gz, expected a name that ends in \.png/],
    ['grid.gif', /--out: found grid\.gif, expected a name that ends in \.png/],
    ['grid.jpg', /--out: found grid\.jpg, expected a name that ends in \.png/],
    ['new/', /cannot write new\/: it is the name of a folder, expected that of a file/],
    ['.', /cannot write \.: it is a folder/],
    ['', /--out: found "", expected FILE/],
  ])('%j is refused before anything is read', async (out, says) => {
    const { code, stderr } = await cli('data', '--data', 'nothing-is-here', '--out', out);
    expect([code, stderr]).toEqual([2, expect.stringMatching(says)]);
  });
});

describe.skipIf(process.platform === 'win32')('pipes', () => {
  /** In a shell of its own, as users have it; $G is the program. */
  const shell = (script: string): { code: number | null; stdout: string; stderr: string } => {
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
      cwd: folder,
      env: { ...process.env, G: `${process.execPath} ${BIN}`, DATA: data },
      encoding: 'latin1',
    });
    return { code: status, stdout, stderr };
  };
  const PNG = '\x89PNG';

  it('of stdout under its other name get the picture alone', () => {
    const { stdout, stderr } = shell('$G data --data $DATA --out /dev/stdout | cat');
    expect([stdout.slice(0, 4), stderr]).toEqual([PNG, expect.stringMatching(/^Source/)]);
  });

  it('whose reader has stopped are a sentence, not a wait without an end', () => {
    const { code, stderr } = shell(
      'mkfifo held; sleep 60 < held & timeout 50 $G sample packaged --n 4000 --out held; code=$?; kill $!; exit $code',
    );
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/cannot write held: its reader has stopped reading/),
    ]);
  });

  it('are no place for two files', async () => {
    const { code, stderr } = await cli('interpolate', 'packaged', '--out', '/dev/null');
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/found \/dev\/null, expected the name of/),
    ]);
  });
});

describe('folders', () => {
  it('have names of any length that a folder may have', async () => {
    const out = join(folder, 'n'.repeat(255));
    const { code } = await cli('sample', 'packaged', '--n', '2', '--format', 'files', '--out', out);
    expect([code, readdirSync(out)]).toEqual([0, expect.arrayContaining(['images.json'])]);
  });

  it('are made where a link to nothing leads', async () => {
    symlinkSync('later/grid.png', join(folder, 'linked.png'));
    const { code } = await cli('data', '--data', data, '--out', join(folder, 'linked.png'));
    expect([code, readdirSync(join(folder, 'later'))]).toEqual([0, ['grid.png']]);
  });

  it.each(['set.JPG', 'set.parquet', 'set.7z'])('are not called as files are: %s', async (out) => {
    const { code, stderr } = await cli('sample', '--format', 'files', '--out', out);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/expected the name of a folder/)]);
  });
});
