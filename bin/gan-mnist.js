#!/usr/bin/env node
try {
  await import('../dist/cli.js');
} catch (error) {
  if (error.code !== 'EMFILE') throw error;
  globalThis.process.stderr.write(
    'gan-mnist: too many files are open to read the program, expected a limit of at least 64 (ulimit -n)\n',
  );
  globalThis.process.exitCode = 1;
}
