import { EventEmitter } from 'node:events';
import type { Terminal as XtermTerminal } from '@xterm/headless';
import xterm from '@xterm/headless';

/** A terminal in memory (xterm.js without a window) behind a stream such as process.stdout is. */
export class VirtualTerminal extends EventEmitter {
  readonly isTTY = true;
  columns: number;
  written = '';
  private readonly terminal: XtermTerminal;
  private pending: Promise<void> = Promise.resolve();

  constructor(
    columns: number,
    readonly rows = 16,
  ) {
    super();
    this.columns = columns;
    this.terminal = new xterm.Terminal({
      cols: columns,
      rows,
      allowProposedApi: true,
      convertEol: true,
    });
  }

  write(text: string): boolean {
    this.written += text;
    this.pending = new Promise((resolve) => this.terminal.write(text, resolve));
    return true;
  }

  /** Changes the window; the program hears of it when `tell` is true. */
  async resize(columns: number, tell = true): Promise<void> {
    await this.pending;
    this.terminal.resize(columns, this.terminal.rows);
    if (!tell) return;
    this.columns = columns;
    this.emit('resize');
  }

  /** All lines, those scrolled out included, without the empty ones at the end. */
  async lines(): Promise<string[]> {
    await this.pending;
    const buffer = this.terminal.buffer.active;
    const lines = Array.from(
      { length: buffer.length },
      (_, row) => buffer.getLine(row)?.translateToString(true) ?? '',
    );
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  /** A cell of the screen, with its 24-bit colours. */
  async cell(column: number, row: number) {
    await this.pending;
    const cell = this.terminal.buffer.active.getLine(row)?.getCell(column);
    return {
      text: cell?.getChars(),
      color: cell?.getFgColor(),
      background: cell?.getBgColor(),
    };
  }

  /** As a stream of Node's; what the display needs of one is here. */
  get stream(): NodeJS.WriteStream {
    return this as unknown as NodeJS.WriteStream;
  }
}
