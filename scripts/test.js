/**
 * All that `npm test` asks, beside one another: the tests, to which arguments go, and what has no tests of its own to say (types
 * and linter, formatter, import directions), each told of once the tests have ended.
 */
import { spawn } from 'node:child_process';
import process from 'node:process';

const CHECKS = ['lint:code', 'lint:format', 'imports'];

const checks = CHECKS.map((name) => run('npm', ['run', '--silent', name], 'pipe'));
const tests = run('vitest', ['run', ...process.argv.slice(2)], 'inherit');
let failed = (await tests).code !== 0;
for (const [k, { code, said }] of (await Promise.all(checks)).entries()) {
  process.stdout.write(`${CHECKS[k]}: ${code === 0 ? 'fine' : 'failed'}\n${said}`);
  failed ||= code !== 0;
}
process.exitCode = failed ? 1 : 0;

function run(command, args, output) {
  const said = [];
  const started = spawn(command, args, {
    stdio: ['ignore', output, output],
    shell: process.platform === 'win32',
  });
  for (const stream of [started.stdout, started.stderr])
    stream?.on('data', (bytes) => said.push(bytes));
  return new Promise((resolve) => {
    started.on('error', ({ message }) => said.push(Buffer.from(`${command}: ${message}\n`)));
    started.on('close', (code) =>
      resolve({ code: code ?? 1, said: Buffer.concat(said).toString() }),
    );
  });
}
