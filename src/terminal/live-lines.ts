import { constants } from 'node:os';
import { onExit } from 'signal-exit';

const ESC = '\x1b[';
const HIDE_CURSOR = `${ESC}?25l`;
const SHOW_CURSOR = `${ESC}?25h`;
const CLEAR_LINE = `${ESC}2K`;
const CLEAR_LINE_END = `${ESC}K`;
const CLEAR_SCREEN_END = `${ESC}J`;
/** DECAWM: what passes the right edge is dropped, not wrapped. */
const WRAP_OFF = `${ESC}?7l`;
const WRAP_ON = `${ESC}?7h`;
/** Synchronized output (mode 2026): terminals that know it show the frame as one, the others ignore it. */
const FRAME_BEGIN = `${ESC}?2026h`;
const FRAME_END = `${ESC}?2026l`;

export interface LiveLinesOptions {
  /** How a share of the work is shown beside the lines, where the terminal has a place for it. */
  readonly shareText?: (share?: number) => string;
  /** Whether the terminal is xterm.js (VS Code): see {@link rowsMoved}. */
  readonly isXtermJs?: boolean;
}

export type Terminal = NodeJS.WritableStream & { columns?: number; rows?: number };

/**
 * Lines at the bottom of a terminal that are overwritten in place.
 *
 * Between frames the (hidden) cursor rests on an empty line above the others, which no window breaks. When the window changes, a terminal that breaks
 * long lines anew keeps the cursor with the text it stands on, so the next frame starts at the right place without knowing
 * how many rows the old one takes now; and because nothing wraps while a frame is written, a width that has just changed
 * does no harm either (tmux tells of a new size up to a quarter of a second late). Lines that have not changed are not written
 * again, so that a picture above the bars costs nothing.
 *
 * Why not a library: log-update (7.2, the last for Node 20) wraps long lines and goes up by the rows that they took when
 * they were written, which is wrong in a window that has become narrower since; cli-progress (3.12, of 2023) likewise.
 */
export class LiveLines {
  private lines: string[] = [];
  private drawn: string[] = [];
  /** What was drawn before that: it is not known between which frames the window has changed. */
  private before: string[] = [];
  private columnsOfFrame = 0;
  private unwatch: (() => void) | undefined;

  private share = '';

  constructor(
    private readonly terminal: Terminal,
    private readonly options: LiveLinesOptions = {},
  ) {}

  /** Columns of the window as last heard; lines that are longer are cut by the terminal. */
  get columns(): number {
    return this.terminal.columns || 80;
  }

  /** Of the window as last heard. */
  get rows(): number {
    return this.terminal.rows || 24;
  }

  /** Overwrites what was drawn before. Of more lines than the window has rows the last ones are drawn. */
  draw(lines: string[], share?: number): void {
    this.watchExit();
    const text = this.options.shareText?.(share) ?? '';
    const fresh = text === this.share ? '' : text;
    this.share = text;
    this.lines = ['', ...lines.slice(-Math.max(1, this.rows - 2))];
    this.terminal.write(FRAME_BEGIN + HIDE_CURSOR + this.frame() + this.up() + fresh + FRAME_END);
  }

  /** Writes whole lines that stay and may wrap, above the live ones. */
  writeAbove(text: string): void {
    this.drawn = [];
    this.terminal.write(
      `${FRAME_BEGIN}\r${CLEAR_SCREEN_END}${text}${this.frame()}${this.up()}${FRAME_END}`,
    );
  }

  /** Takes the lines away. */
  clear(): void {
    this.lines = [];
    this.drawn = [];
    this.terminal.write(`\r${CLEAR_SCREEN_END}`);
  }

  /** Leaves the lines where they are, the cursor below them and visible. */
  close(): void {
    if (this.unwatch === undefined) return;
    this.unwatch();
    this.unwatch = undefined;
    const end = this.lines.length > 0 ? '\n' : '';
    const noShare = this.options.shareText?.() ?? '';
    this.terminal.write(noShare + this.frame() + end + SHOW_CURSOR);
    this.lines = [];
    this.drawn = [];
  }

  private frame(): string {
    if (this.lines.length === 0) return '';
    // Rows that a narrower window broke stay marked as one line until they are cleared as a whole.
    const isResized = this.columns !== this.columnsOfFrame;
    const isSameHeight = !isResized && this.lines.length === this.drawn.length;
    const begin = isResized ? CLEAR_LINE : '';
    const moved =
      this.options.isXtermJs === true && this.columns < this.columnsOfFrame
        ? Math.min(...[this.drawn, this.before].map((lines) => rowsMoved(lines, this.columns)))
        : 0;
    const back = moved > 0 ? `${ESC}${moved}A` : '';
    const body = this.lines
      .map((line, k) =>
        isSameHeight && line === this.drawn[k] ? '' : begin + line + CLEAR_LINE_END,
      )
      .join('\n');
    this.columnsOfFrame = this.columns;
    this.before = this.drawn;
    this.drawn = this.lines;
    return `${back}\r${WRAP_OFF}${body}${WRAP_ON}${isSameHeight ? '' : CLEAR_SCREEN_END}`;
  }

  private up(): string {
    return (this.lines.length > 1 ? `${ESC}${this.lines.length - 1}A` : '') + '\r';
  }

  /**
   * However the process ends, the cursor comes back, and a crash is printed below the lines. signal-exit leaves a signal
   * that the caller handles to the caller. While the process is stopped by Ctrl-Z, the shell has the terminal as it was; the next frame
   * draws all again.
   */
  private watchExit(): void {
    if (this.unwatch !== undefined) return;
    const close = () => this.close();
    const stop = () => {
      this.clear();
      this.close();
      process.kill(process.pid, 'SIGSTOP');
    };
    const stopExit = onExit(close);
    process.on('uncaughtExceptionMonitor', close);
    // Windows does not have it.
    if (constants.signals.SIGTSTP !== undefined) process.on('SIGTSTP', stop);
    this.unwatch = () => {
      stopExit();
      process.removeListener('uncaughtExceptionMonitor', close);
      process.removeListener('SIGTSTP', stop);
    };
  }
}

/**
 * By how many rows xterm.js puts the cursor too low when a window becomes narrower and lines below it are broken: it counts all rows that
 * are added, from the last line up, and leaves only the line unbroken on which it believes the cursor by then (xterm.js 6.0,
 * Buffer._reflowSmaller). Other terminals keep it where it was.
 *
 * @param lines as they were drawn, the cursor at the start of the first one; all characters are narrow.
 */
function rowsMoved(lines: readonly string[], columns: number): number {
  let cursor = 0;
  for (let k = lines.length - 1; k >= 0; k--) {
    if (cursor === k) continue;
    const width = lines[k].replace(SEQUENCE, '').length;
    cursor += Math.max(0, Math.ceil(width / columns) - 1);
  }
  return cursor;
}

/** Colours and links. */
// eslint-disable-next-line no-control-regex
const SEQUENCE = /\x1b\[[\d;]*m|\x1b\][^\x1b\x07]*(\x07|\x1b\\)/g;
