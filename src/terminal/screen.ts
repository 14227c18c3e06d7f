import { showsProgress, tabProgress } from './links.js';
import { LiveLines, type Terminal } from './live-lines.js';

const SECONDS_BETWEEN_FRAMES = 1 / 15;

/** Of the window. */
export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

/** What is drawn in place. */
export interface Frame {
  /** Narrower than the window. */
  readonly lines: string[];
  /** Of the work, between 0 and 1. */
  readonly share?: number;
}

export type Drawing = (size: WindowSize) => Frame;

export interface ScreenOptions {
  /** Whether the cursor may be moved: else all that is written stays, line below line. */
  readonly isLive: boolean;
  /** Whether the terminal is xterm.js, as VS Code's is. */
  readonly isXtermJs?: boolean;
  /** Seconds of a clock that never runs backwards. */
  readonly now?: () => number;
}

/** Whether a stream is a terminal in which the cursor can be moved. */
export const isLiveTerminal = (
  stream: { readonly isTTY?: boolean },
  env: NodeJS.ProcessEnv = process.env,
): boolean => stream.isTTY === true && env['TERM'] !== 'dumb';

/**
 * Where a command writes for people: lines that stay, and below them at most one drawing that is kept current in place. All displays
 * of progress are such drawings.
 */
export class Screen {
  private readonly lines: LiveLines | undefined;
  private readonly now: () => number;
  private drawing: Drawing | undefined;
  private lastFrame = -Infinity;
  private readonly redraw = (): void => this.draw();

  constructor(
    private readonly stream: Terminal,
    {
      isLive,
      isXtermJs = process.env['TERM_PROGRAM'] === 'vscode',
      now = () => performance.now() / 1000,
    }: ScreenOptions,
  ) {
    this.lines = isLive
      ? new LiveLines(stream, {
          ...(showsProgress(process.env) && { shareText: tabProgress }),
          isXtermJs,
        })
      : undefined;
    this.now = now;
  }

  get isLive(): boolean {
    return this.lines !== undefined;
  }

  get columns(): number {
    return this.stream.columns || 80;
  }

  get rows(): number {
    return this.stream.rows || 24;
  }

  /** Draws this in place from now on. It appears with the first {@link refresh}. */
  show(drawing: Drawing): void {
    if (this.lines === undefined) return;
    if (this.drawing === undefined) this.stream.on('resize', this.redraw);
    this.drawing = drawing;
  }

  /** The drawing has changed: it is drawn if a frame is due, or at once. */
  refresh(atOnce = false): void {
    if (atOnce || this.now() - this.lastFrame >= SECONDS_BETWEEN_FRAMES) this.draw();
  }

  /** Whole lines that stay, above the drawing. */
  write(text: string): void {
    if (this.lines === undefined || this.drawing === undefined) this.stream.write(text);
    else this.lines.writeAbove(text);
  }

  /** Lets another stream write, which may be the same terminal. */
  aside(write: () => void): void {
    if (this.drawing === undefined) return write();
    this.lines?.clear();
    write();
    this.draw();
  }

  /** Takes the drawing away, or leaves it where it is and goes on below. Twice does no harm. */
  close(leave = false): void {
    if (this.lines === undefined || this.drawing === undefined) return;
    this.stream.removeListener('resize', this.redraw);
    this.drawing = undefined;
    this.lastFrame = -Infinity;
    if (!leave) this.lines.clear();
    this.lines.close();
  }

  private draw(): void {
    if (this.lines === undefined || this.drawing === undefined) return;
    this.lastFrame = this.now();
    const { columns, rows } = this.lines;
    const { lines, share } = this.drawing({ columns, rows });
    this.lines.draw(lines, share);
  }
}
