#!/usr/bin/env node
/** Open files that reading the program needs. */
const FEWEST_FILES = 64;

try {
  // Before the rest is read, which takes a second on a busy machine: by itself Node.js opens its debugger at USR1.
  (await import('../dist/cli/signals.js')).handleSignals();
  await import('../dist/cli.js');
} catch (error) {
  // What the module loader says where it may open no more depends on which file it was at.
  const limit = globalThis.process.report.getReport().userLimits?.open_files?.soft;
  if (!(limit < FEWEST_FILES)) throw error;
  globalThis.process.stderr.write(
    `gan-mnist: too many files are open to read the program, found a limit of ${limit}, expected at least ${FEWEST_FILES} (ulimit -n)\n`,
  );
  globalThis.process.exitCode = 1;
}
