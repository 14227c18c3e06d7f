import { EXIT_CODES, Interrupted } from '../errors.js';
import { colorLevel, type ColorLevel } from '../terminal/colors.js';
import { labelled } from '../terminal/format.js';
import { withoutControls, wrapped } from '../names.js';
import { linkTo, showsLinks } from '../terminal/links.js';
import { isLiveTerminal, Screen } from '../terminal/screen.js';
import { createTask, type Task } from '../terminal/task.js';
import type { ProgramEvent } from './events.js';
import { isAsking, leave, onSignal } from './signals.js';

/** Where a command says things: people and scripts read different streams. */
export interface Console {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly colors: ColorLevel;
  /** Characters that a line for a person may have: in a terminal fewer than it has columns; elsewhere there is no limit. */
  readonly lineWidth: number;
  readonly stdout: NodeJS.WriteStream;
  /** What people see: progress is drawn there. With --json and --quiet nothing can be. */
  readonly screen: Screen;
  /** How far the command is. */
  readonly task: Task;
  /** A line for a person: on stdout, or on stderr where stdout holds JSON. Nothing with --quiet. */
  say(text: string): void;
  /** The same of a sentence, broken between words where it is wider than the window. */
  tell(sentence: string): void;
  /** A line on how far the command is; with --json nothing, since events tell it. */
  note(text: string): void;
  /** A warning, on stderr. */
  warn(text: string): void;
  /** A line of JSON on stdout, with --json. */
  emit(event: ProgramEvent): void;
  /** Where something was written, behind a word for what it is: a bare path with --quiet, so that a script can use it. */
  wrote(what: string, path: string): void;
  /**
   * From now on the first Ctrl-C or other ending signal (signals.ts), or a reader of stdout that has gone, aborts this signal; a second
   * Ctrl-C or TERM leaves at once. Without a call any of them ends the command, which has nothing to save. The signal's reason is an
   * {@link Interrupted}.
   *
   * @param stopping what is said at the first one.
   */
  interruptions(stopping?: string): AbortSignal;
}

const STOPPING = 'stopping after this step and saving';

export function makeConsole({
  json = false,
  quiet = false,
}: {
  json?: boolean;
  quiet?: boolean;
}): Console {
  const { stdout, stderr } = process;
  const person = json ? stderr : stdout;
  const colors = colorLevel(person);
  const screen = new Screen(person, { isLive: !json && !quiet && isLiveTerminal(stdout) });
  const say = (text: string): void => {
    if (!quiet) screen.write(`${harmless(text)}\n`);
  };
  const tell = (sentence: string): void => say(fitted(sentence, person));
  const note = (text: string): void => {
    if (!json) say(text);
  };
  const warn = (text: string): void =>
    screen.aside(() => stderr.write(`${harmless(fitted(text, stderr))}\n`));
  const hasLinks = showsLinks(person);
  let signal: AbortSignal | undefined;
  return {
    ...{ json, quiet, colors, stdout, screen, say, tell, note, warn },
    get lineWidth() {
      return lineWidth(person);
    },
    task: createTask({ screen, say: note, colors }),
    emit: (event) => {
      if (json) stdout.write(`${JSON.stringify(event)}\n`);
    },
    wrote: (what, path) => {
      if (quiet && !json) stdout.write(`${path}\n`);
      else say(labelled(what, hasLinks ? linkTo(path) : path, colors));
    },
    interruptions: (stopping) => (signal ??= interruptions(stdout, warn, stopping)),
  };
}

/** A sentence as a stream shows it whole: a terminal breaks lines anywhere. Elsewhere it stays in one line, for whoever searches it. */
export const fitted = (text: string, stream: NodeJS.WriteStream): string =>
  wrapped(text, lineWidth(stream));

const lineWidth = ({ isTTY, columns }: NodeJS.WriteStream): number =>
  isTTY ? (columns || 80) - 1 : Infinity;

const ESCAPE = '\u001b';
/** What our own texts have of control characters: ends of lines, tabs, colours, and links (OSC 8). */
const OWN_CONTROLS = new RegExp(
  `(\\n|\\t|${ESCAPE}\\[[\\d;]*m|${ESCAPE}\\]8;;\\P{Cc}*${ESCAPE}\\\\)`,
  'u',
);

/** Text without what would move the cursor, name the window or ask the terminal: a class of a stranger's data may be called anything. */
export const harmless = (text: string): string =>
  text
    .split(OWN_CONTROLS)
    .map((part, k) => (k % 2 === 0 ? withoutControls(part) : part))
    .join('');

function interruptions(
  stdout: NodeJS.WriteStream,
  warn: (text: string) => void,
  stopping = STOPPING,
): AbortSignal {
  const controller = new AbortController();
  let asked = false;
  const stop = (name?: string): void => {
    if (asked && isAsking(name)) leave(EXIT_CODES.interrupted);
    if (!controller.signal.aborted) warn(`${stopping}; again to leave at once`);
    asked ||= isAsking(name);
    controller.abort(new Interrupted('interrupted', { cause: name }));
  };
  onSignal(stop);
  stdout.on('error', () => controller.abort(new Interrupted('interrupted: nobody reads stdout')));
  return controller.signal;
}
