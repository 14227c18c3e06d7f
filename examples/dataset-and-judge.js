// Writes a labelled data set of the newest run, and asks the judges how good its digits are, by the command line and its
// events: the schema of a line is gan-mnist/events.schema.json.
// node examples/dataset-and-judge.js [FOLDER THAT HAS THE RUNS IN outputs/] [IMAGES PER DIGIT]
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const [cwd = '.', perDigit = '600'] = process.argv.slice(2);
const manifest = createRequire(import.meta.url).resolve('gan-mnist/package.json');
const program = join(dirname(manifest), 'bin', 'gan-mnist.js');

/** The last event of a command: it is done, or it failed and says why. */
function run(...args) {
  const { stdout, status } = spawnSync(process.execPath, [program, ...args, '--json'], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const event = JSON.parse(stdout.trimEnd().split('\n').at(-1));
  if (event.event === 'done') return event;
  console.error(event.message);
  return process.exit(status ?? 1);
}

const set = run('dataset', '--per-digit', perDigit, '--out', 'synthetic', '--force');
console.log(`${set.out}: ${set.files.map(({ name }) => name).join(', ')}`);
const { verdict, file } = run('evaluate', '--quick', '--images', '2000');
for (const { text } of verdict) console.log(text);
console.log(file);
