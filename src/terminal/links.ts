import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createSupportsHyperlinks } from 'supports-hyperlinks';

/** Whether a stream is a terminal that knows links. */
export const showsLinks = (stream: NodeJS.WriteStream): boolean => createSupportsHyperlinks(stream);

const OSC = '\x1b]';
const END = '\x1b\\';

/**
 * A text that leads to a file or page where it is clicked: OSC 8
 * (https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda). A terminal that does not know it shows the text.
 */
export function linkTo(target: string, text = target): string {
  return `${OSC}8;;${urlOf(target)}${END}${text}${OSC}8;;${END}`;
}

/** With the machine's name, by which a terminal knows that a file is not on its own one. */
function urlOf(target: string): string {
  if (/^https?:/.test(target)) return target;
  const url = pathToFileURL(resolve(target));
  return process.platform === 'win32' ? url.href : `file://${hostname()}${url.pathname}`;
}

/**
 * Whether the terminal shows progress at its tab or in the task bar (OSC 9;4): Windows Terminal, ConEmu, WezTerm, Ghostty, and iTerm2
 * where it says so. Others may take OSC 9 for a message to show.
 */
export function showsProgress(env: NodeJS.ProcessEnv): boolean {
  if (env['TMUX'] || env['STY']) return false;
  const { TERM_PROGRAM: program = '', TERM_FEATURES: features = '' } = env;
  return (
    Boolean(env['WT_SESSION']) ||
    env['ConEmuANSI'] === 'ON' ||
    ['WezTerm', 'ghostty'].includes(program) ||
    (program === 'iTerm.app' && features.includes('P'))
  );
}

/** Shows a share between 0 and 1 at the terminal's tab; without one, nothing any more. */
export function tabProgress(share?: number): string {
  return share === undefined ? `${OSC}9;4;0;0\x07` : `${OSC}9;4;1;${Math.floor(100 * share)}\x07`;
}
