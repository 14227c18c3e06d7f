#!/usr/bin/env node
import process from 'node:process';

try {
  await import('../dist/cli.js');
} catch (error) {
  if (error.code !== 'EMFILE') throw error;
  process.stderr.write(
    'gan-mnist: too many files are open to read the program, expected a limit of at least 64 (ulimit -n)\n',
  );
  process.exitCode = 1;
}
