import { EXIT_CODES } from '../errors.js';
import { explainFileError } from '../files/explain.js';

/**
 * Makes what can happen to the standard streams, and a limit on the size of files, an error like others instead of a
 * stack or a killed process.
 */
export function surviveStreams(): void {
  // A limit (ulimit -f) otherwise kills the process; with a listener, the write fails instead.
  process.on('SIGXFSZ', () => {});
  // Nobody reads what we have to say: that is no error of ours.
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A command that has something to save listens itself.
    const saves = process.stdout.listenerCount('error') > 1;
    // A reader that has seen enough (head), or a terminal that was closed.
    if (error.code === 'EPIPE' || error.code === 'EIO') {
      if (!saves) process.exit(EXIT_CODES.done);
      return;
    }
    process.stderr.write(`gan-mnist: ${explainFileError(error, 'write', 'to stdout').message}\n`);
    if (!saves) process.exit(EXIT_CODES.failed);
  });
}
