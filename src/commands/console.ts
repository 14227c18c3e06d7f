import { colorLevel, type ColorLevel } from '../terminal/colors.js';

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
  /** A JSON object on a line of stdout, with --json. */
  emit(object: object): void;
  /** Where something was written: a bare path with --quiet, so that a script can use it. */
  wrote(what: string, path: string): void;
  /** Aborted by the first Ctrl-C or SIGTERM. The second one leaves at once. */
  readonly signal: AbortSignal;
}

/** Exit code of an interrupted command: 128 + SIGINT. */
export const INTERRUPTED = 130;

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
  return {
    json,
    quiet,
    colors: colorLevel(stdout),
    stdout,
    say,
    warn: (text) => void stderr.write(`${text}\n`),
    emit: (object) => {
      if (json) stdout.write(`${JSON.stringify(object)}\n`);
    },
    wrote: (what, path) => {
      if (quiet && !json) stdout.write(`${path}\n`);
      else say(`${what}: ${path}`);
    },
    signal: interruptSignal(stderr),
  };
}

function interruptSignal(stderr: NodeJS.WriteStream): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    stderr.write('stopping after this step and saving; again to leave at once\n');
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return controller.signal;
}
