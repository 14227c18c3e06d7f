import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { harmless } from '../../src/cli/console.js';
import { RunError, UserError } from '../../src/errors.js';
import { linkTo } from '../../src/terminal/links.js';
import { cli } from '../support/cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** Clears the screen, names the window, asks the terminal for its answer, and goes up a line. */
const HOSTILE = '\u001b[2J\u001b]0;owned\u0007\u001b[6n\u001b[A\u009b31m\r\b';
const SHOWN = '␛[2J␛]0;owned␇␛[6n␛[A\ufffd31m␍␈';

describe('text of strangers', () => {
  it('moves no cursor', () => {
    expect(harmless(`a ${HOSTILE} b\n`)).toBe(`a ${SHOWN} b\n`);
  });

  it('leaves our own colours and links', () => {
    const own = `\u001b[1;32mdone\u001b[0m ${linkTo('outputs/00001-dense')}\tend`;
    expect(harmless(own)).toBe(own);
  });

  it('ends no sentence of an error', () => {
    for (const kind of [UserError, RunError])
      expect(new kind(`found ${HOSTILE}\nno such file`).message).toBe(
        `found ${SHOWN}␊no such file`,
      );
  });

  it('is shown as it is where a class or a file is called so', async () => {
    const folder = temporaryFolder();
    const row = Array.from({ length: 64 }, (_, k) => k).join(',');
    const data = join(folder, 'train.csv');
    writeFileSync(data, `cat${HOSTILE.replace('\r', '')},${row}\ndog,${row}\n`);
    const described = await cli('data', '--data', data, '--out', join(folder, 'grid.png'));
    expect(described.code).toBe(0);
    expect(described.stdout).toContain('cat␛[2J');
    const run = join(folder, `run${HOSTILE}`);
    mkdirSync(run);
    writeFileSync(join(run, 'options.json'), '{');
    const refused = await cli('sample', run);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('run␛[2J');
    for (const text of [described.stdout, refused.stderr])
      expect(/[^\n\P{Cc}]/u.exec(text)).toBe(null);
  });
});
