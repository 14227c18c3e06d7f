import { EXIT_CODES, Interrupted } from '../errors.js';
import { colorLevel, type ColorLevel } from '../terminal/colors.js';
import type { ProgramEvent } from './events.js';
import { onSignal } from './signals.js';

/** Where a command says things: people and scripts read different streams. */
export interface Console {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly colors: ColorLevel;
  readonly stdout: NodeJS.WriteStream;
  /** A line for a person: on stdout, or on stderr where stdout holds JSON. Nothing with --quiet. */
  say(text: string): void;
  /** A warning, on stderr. */
  warn(text: string): void;
  /** A line of JSON on stdout, with --json. */
  emit(event: ProgramEvent): void;
  /** Where something was written: a bare path with --quiet, so that a script can use it. */
  wrote(what: string, path: string): void;
  /**
   * From now on the first Ctrl-C or other ending signal (signals.ts), or a reader of stdout that has gone, aborts this signal; a second
   * one leaves at once. Without a call any of them ends the command, which has nothing to save. The signal's reason is an
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
  const say = (text: string): void => {
    if (!quiet) person.write(`${text}\n`);
  };
  let signal: AbortSignal | undefined;
  return {
    json,
    quiet,
    colors: colorLevel(stdout),
    stdout,
    say,
    warn: (text) => void stderr.write(`${text}\n`),
    emit: (event) => {
      if (json) stdout.write(`${JSON.stringify(event)}\n`);
    },
    wrote: (what, path) => {
      if (quiet && !json) stdout.write(`${path}\n`);
      else say(`${what}: ${path}`);
    },
    interruptions: (stopping) => (signal ??= interruptions(stdout, stderr, stopping)),
  };
}

function interruptions(
  stdout: NodeJS.WriteStream,
  stderr: NodeJS.WriteStream,
  stopping = STOPPING,
): AbortSignal {
  const controller = new AbortController();
  const stop = (name?: string): void => {
    if (controller.signal.aborted) process.exit(EXIT_CODES.interrupted);
    stderr.write(`${stopping}; again to leave at once\n`);
    controller.abort(new Interrupted('interrupted', { cause: name }));
  };
  onSignal(stop);
  stdout.on('error', () => controller.abort(new Interrupted('interrupted: nobody reads stdout')));
  return controller.signal;
}
