/** How a terminal can show a picture: as an image by one of two protocols, or as text. */
export type Graphics = 'kitty' | 'sixel' | 'text';

const KITTY_TERMS = ['xterm-kitty', 'xterm-ghostty'];
const KITTY_PROGRAMS = ['kitty', 'ghostty'];
const SIXEL_TERMS = /^(foot|mlterm|yaft|contour)|sixel/;
const SIXEL_PROGRAMS = ['WezTerm', 'mintty', 'iTerm.app'];
/** Konsole 22.04, as it writes its version; from it on Konsole knows sixel graphics. */
const KONSOLE_WITH_SIXEL = 220400;

/**
 * What the environment says of the terminal's graphics. Nothing is asked of the terminal itself: the answer would come on
 * stdin, which belongs to the caller.
 *
 * - Inside tmux or screen (TMUX, STY, or TERM beginning with their names) it is text, since they swallow images though the
 *   variables of the terminal outside are still set.
 * - kitty: KITTY_WINDOW_ID is set, TERM is xterm-kitty or xterm-ghostty, or TERM_PROGRAM is kitty or ghostty.
 * - sixel: TERM is that of foot, mlterm, yaft or contour, or names sixel; TERM_PROGRAM is WezTerm, mintty or iTerm.app; or
 *   KONSOLE_VERSION is at least 220400.
 * - Else it is text: an image where none is understood fills the screen with letters. (VS Code and Windows Terminal can show
 *   sixel, but do not say in the environment whether it is on.)
 */
export function graphicsOf(env: NodeJS.ProcessEnv): Graphics {
  const { TERM: term = '', TERM_PROGRAM: program = '' } = env;
  if (env['TMUX'] || env['STY'] || /^(tmux|screen)/.test(term)) return 'text';
  const isKitty = env['KITTY_WINDOW_ID'] || KITTY_TERMS.includes(term);
  if (isKitty || KITTY_PROGRAMS.includes(program)) return 'kitty';
  if (SIXEL_TERMS.test(term) || SIXEL_PROGRAMS.includes(program)) return 'sixel';
  return Number(env['KONSOLE_VERSION']) >= KONSOLE_WITH_SIXEL ? 'sixel' : 'text';
}
