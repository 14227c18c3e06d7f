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

export type Terminal = NodeJS.WritableStream & { columns?: number };

/**
 * Lines at the bottom of a terminal that are overwritten in place.
 *
 * Between frames the (hidden) cursor rests at the start of the first line. When the window changes, a terminal that breaks
 * long lines anew keeps the cursor with the text it stands on, so the next frame starts at the right place without knowing
 * how many rows the old one takes now; and because nothing wraps while a frame is written, a width that has just changed
 * does no harm either (tmux tells of a new size up to a quarter of a second late).
 *
 * Why not a library: log-update (7.2, the last for Node 20) wraps long lines and goes up by the rows that they took when
 * they were written, which is wrong in a window that has become narrower since; cli-progress (3.12, of 2023) likewise.
 */
export class LiveLines {
  private lines: string[] = [];
  private columnsOfFrame = 0;
  private unwatch: (() => void) | undefined;

  constructor(private readonly terminal: Terminal) {}

  /** Columns of the window as last heard; lines that are longer are cut by the terminal. */
  get columns(): number {
    return this.terminal.columns || 80;
  }

  /** Overwrites what was drawn before. */
  draw(lines: string[]): void {
    this.watchExit();
    this.lines = lines;
    this.terminal.write(FRAME_BEGIN + HIDE_CURSOR + this.frame() + this.up() + FRAME_END);
  }

  /** Writes whole lines that stay and may wrap, above the live ones. */
  writeAbove(text: string): void {
    this.terminal.write(
      `${FRAME_BEGIN}\r${CLEAR_SCREEN_END}${text}${this.frame()}${this.up()}${FRAME_END}`,
    );
  }

  /** Takes the lines away. */
  clear(): void {
    this.lines = [];
    this.terminal.write(`\r${CLEAR_SCREEN_END}`);
  }

  /** Leaves the lines where they are, the cursor below them and visible. */
  close(): void {
    if (this.unwatch === undefined) return;
    this.unwatch();
    this.unwatch = undefined;
    this.terminal.write(this.frame() + (this.lines.length > 0 ? '\n' : '') + SHOW_CURSOR);
    this.lines = [];
  }

  private frame(): string {
    if (this.lines.length === 0) return '';
    // Rows that a narrower window broke stay marked as one line until they are cleared as a whole.
    const begin = this.columns === this.columnsOfFrame ? '' : CLEAR_LINE;
    this.columnsOfFrame = this.columns;
    const body = this.lines.map((line) => begin + line + CLEAR_LINE_END).join('\n');
    return `\r${WRAP_OFF}${body}${WRAP_ON}${CLEAR_SCREEN_END}`;
  }

  private up(): string {
    return (this.lines.length > 1 ? `${ESC}${this.lines.length - 1}A` : '') + '\r';
  }

  /**
   * However the process ends, the cursor comes back, and a crash is printed below the lines. signal-exit leaves a signal
   * that the caller handles to the caller.
   */
  private watchExit(): void {
    if (this.unwatch !== undefined) return;
    const close = () => this.close();
    const stopExit = onExit(close);
    process.on('uncaughtExceptionMonitor', close);
    this.unwatch = () => {
      stopExit();
      process.removeListener('uncaughtExceptionMonitor', close);
    };
  }
}
