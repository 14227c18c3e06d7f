import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { linkTo, showsProgress, tabProgress } from '../../src/terminal/links.js';
import { LiveLines } from '../../src/terminal/live-lines.js';
import { VirtualTerminal } from './virtual-terminal.js';

describe('links', () => {
  it('lead to a file of this machine or to a page, and show as their text', async () => {
    const terminal = new VirtualTerminal(80);
    terminal.write(linkTo('/tmp/a b.png'));
    expect(await terminal.lines()).toEqual(['/tmp/a b.png']);
    expect(terminal.written).toContain(`\x1b]8;;file://${hostname()}/tmp/a%20b.png\x1b\\`);
    expect(linkTo('http://127.0.0.1:8080/')).toContain(']8;;http://127.0.0.1:8080/');
  });
});

describe('progress at the tab', () => {
  it.each([
    [{ WT_SESSION: '1' }, true],
    [{ ConEmuANSI: 'ON' }, true],
    [{ TERM_PROGRAM: 'ghostty' }, true],
    [{ TERM_PROGRAM: 'iTerm.app', TERM_FEATURES: 'T3CwLrMSc7UUw9Ts3BFGsSyHNoSxFP' }, true],
    [{ TERM_PROGRAM: 'iTerm.app' }, false], // takes OSC 9 for a message
    [{ WT_SESSION: '1', TMUX: '/tmp/tmux' }, false],
    [{ TERM: 'xterm-256color' }, false],
  ])('of %o is %s', (env, expected) => {
    expect(showsProgress(env)).toBe(expected);
  });

  it('is told once per percent, and taken away at the end', () => {
    const terminal = new VirtualTerminal(80);
    const lines = new LiveLines(terminal.stream, { shareText: tabProgress });
    lines.draw(['a'], 0.5);
    lines.draw(['b'], 0.501);
    lines.draw(['c'], 0.51);
    lines.close();
    // eslint-disable-next-line no-control-regex
    expect(terminal.written.match(/\x1b]9;4;[^\x07]*\x07/g)).toEqual([
      '\x1b]9;4;1;50\x07',
      '\x1b]9;4;1;51\x07',
      '\x1b]9;4;0;0\x07',
    ]);
  });
});
