import { Command, CommanderError } from 'commander';
import { addCommand, explainUsage } from './cli/command.js';
import { fitted, makeConsole } from './cli/console.js';
import { COMMANDS } from './commands/definitions.js';
import { surviveStreams } from './cli/signals.js';
import { emitEnd } from './cli/events.js';
import { HELP_LAYOUT, helpColumns, textAfterHelp, type Example } from './cli/help.js';
import { permissionReason, RunError, UserError } from './errors.js';
import { shortageReason } from './machine.js';
import { VERSION } from './version.js';

/** How long the process may live on after its work. */
const LONGEST_END_MS = 2000;

const EXAMPLES: readonly Example[] = [
  ['gan-mnist sample --n 100 --each-digit', 'at once, out of the package'],
  ['gan-mnist train --quality fast', 'about a minute; digits grow here'],
  ['gan-mnist report --open', 'the newest run in the browser'],
  ['gan-mnist runs', 'what there is'],
  ['gan-mnist train --help', 'all options of a command'],
];

let isHelp = false;
const program = new Command('gan-mnist')
  .description(
    'Trains generative adversarial networks on handwritten digits, or on images of your own; makes digits and labelled sets of them, and says how good they are.',
  )
  .version(VERSION)
  .addHelpText('after', () => textAfterHelp(EXAMPLES))
  .exitOverride()
  .configureHelp(HELP_LAYOUT)
  .configureOutput({
    getOutHelpWidth: helpColumns,
    // Of errors one sentence is written below; where no command is named, the help comes here.
    writeErr: (text) => {
      isHelp ||= text.startsWith('Usage:');
      if (isHelp) process.stdout.write(text);
    },
  });
for (const [name, definition] of Object.entries(COMMANDS))
  addCommand(program, name, definition, makeConsole);

surviveStreams();
try {
  // Of help for a command that there is none of, the help of all would be no answer.
  const typed = process.argv.slice(2);
  const isUnknown = typed.length > 1 && !program.commands.some((one) => one.name() === typed[1]);
  await program.parseAsync(typed[0] === 'help' && isUnknown ? typed.slice(1) : typed, {
    from: 'user',
  });
} catch (thrown) {
  const error = thrown instanceof CommanderError ? explainUsage(thrown) : explainMachine(thrown);
  if (error instanceof Error) emitEnd(error);
  if (error instanceof UserError || error instanceof RunError) {
    process.stderr.write(`${fitted(`gan-mnist: ${error.message}`, process.stderr)}\n`);
    process.exitCode = error.exitCode;
    // What else wants memory would fail with a stack.
    if (error !== thrown) process.exit();
  } else if (error instanceof Error) throw error;
  // What failed may have left a thread that waits for ever.
  endSoon();
}
// Who started this one over a channel, as a run of a sweep, waits for its end: a module that NODE_OPTIONS loads may keep it alive.
if (process.channel !== undefined) endSoon();

function endSoon(): void {
  setTimeout(() => process.exit(), LONGEST_END_MS).unref();
}

/** Memory, the folder that the program was started in and what it is permitted are the machine's, whoever wanted them. */
function explainMachine(error: unknown): unknown {
  if ((error as NodeJS.ErrnoException | null)?.syscall === 'uv_cwd')
    return new UserError('the folder that this was started in is gone: start it in another one', {
      cause: error,
    });
  const missing = permissionReason(error);
  if (missing !== undefined) return new UserError(missing, { cause: error });
  const reason = error instanceof RunError ? undefined : shortageReason(error);
  return reason === undefined ? error : new RunError(reason, { cause: error });
}
