/** The type checker, the linter, the formatter and the import directions beside one another: what each says, once it has ended. */
import { spawn } from 'node:child_process';
import process from 'node:process';

const CHECKS = ['typecheck', 'lint:code', 'lint:format', 'imports'];

const codes = await Promise.all(CHECKS.map(run));
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;

function run(name) {
  const said = [];
  const npm = spawn('npm', ['run', '--silent', name], {
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (bytes) => said.push(bytes));
  return new Promise((resolve) => {
    npm.on('error', ({ message }) => said.push(Buffer.from(`${message}\n`)));
    npm.on('close', (code) => {
      process.stdout.write(`${name}: ${code === 0 ? 'fine' : 'failed'}\n`);
      process.stdout.write(Buffer.concat(said));
      resolve(code ?? 1);
    });
  });
}
