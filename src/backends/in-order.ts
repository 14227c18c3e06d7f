import { RunError } from '../errors.js';
import type { Executable } from './backend.js';

/**
 * An executable that refuses what would mix up its memory: a second run, or the state read or written, while a run is
 * going on; anything after a run that failed half way, and after `dispose`, which waits for the run.
 */
export function inOrder(executable: Executable): Executable {
  let running: Promise<unknown> | undefined;
  let disposed: Promise<void> | undefined;
  let failure: Error | undefined;
  const check = (what: string): void => {
    if (disposed !== undefined)
      throw new RunError(`the step is disposed of: it is too late to ${what}`);
    if (failure !== undefined)
      throw new RunError(
        `the step stopped half way in an earlier run (${failure.message}), so that its state is neither old nor new: load it again`,
        { cause: failure },
      );
    if (running !== undefined)
      throw new RunError(`a run of the step is not over yet: await it before you ${what}`);
  };
  return {
    inputs: executable.inputs,
    async run() {
      check('run it again');
      const run = executable.run();
      running = run;
      try {
        return await run;
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error));
        throw error;
      } finally {
        running = undefined;
      }
    },
    readState() {
      check('read its state');
      return executable.readState();
    },
    writeState(state) {
      check('write its state');
      executable.writeState(state);
    },
    dispose: () =>
      (disposed ??= (async () => {
        await running?.catch(() => {}); // whoever awaits the run hears of its error
        await executable.dispose();
      })()),
  };
}
