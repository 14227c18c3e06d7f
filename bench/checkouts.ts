/** Times the same training steps in two checkouts of this project, in turns: `npm run bench:checkouts -- --old FOLDER`. */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { numbersFrom, positiveInteger } from './options.js';
import { machineText } from './report.js';
import { Worker } from './worker.js';

interface Options {
  readonly old: string;
  readonly new: string;
  readonly models: string[];
  readonly backends: string[];
  readonly threads: number[];
  readonly rounds: number;
  readonly milliseconds: number;
}

interface Started {
  readonly worker: Worker;
  readonly prepareMs: number;
  readonly residentMB: number;
}

const names = (list: string): string[] => list.split(',').map((name) => name.trim());

const options = new Command('npm run bench:checkouts --')
  .description(
    'Times the same training steps in two checkouts of this project, in turns, and prints the median ratio (new / old) with its interval.',
  )
  .requiredOption('--old <folder>', 'a checkout with its node_modules')
  .option('--new <folder>', 'another', '.')
  .option('--models <list>', 'as dense,conv', names, ['dense', 'conv'])
  .option('--backends <list>', 'as native,wasm', names, ['native', 'wasm'])
  .option('--threads <list>', 'thread counts, as 1,2', numbersFrom(positiveInteger), [1, 2])
  .option('--rounds <n>', 'paired rounds', positiveInteger, 200)
  .option('--milliseconds <n>', 'of steps in each turn, at least one step', positiveInteger, 60)
  .parse()
  .opts<Options>();

console.log(`${machineText()}\n`);
console.log(
  'model backend threads | ms old | ms new | new / old | 95% interval | first preparation ms old, new | resident MB old, new',
);
for (const model of options.models)
  for (const backend of options.backends)
    for (const threads of options.threads.filter((n) => n <= availableParallelism()))
      console.log(await compare(model, backend, threads));

async function compare(model: string, backend: string, threads: number): Promise<string> {
  const started: Started[] = [];
  try {
    for (const checkout of [options.old, options.new])
      started.push(await start(checkout, model, backend, threads));
    const [old, fresh] = started;
    const ms = await old.worker.run(3, 10);
    const steps = Math.max(1, Math.round(options.milliseconds / ms));
    await fresh.worker.run(steps, steps);
    const times: [number, number][] = [];
    for (let round = 0; round < options.rounds; round++) {
      // Each is the first of its pair as often as the other.
      const order = round % 2 === 0 ? [0, 1] : [1, 0];
      const pair: [number, number] = [0, 0];
      for (const k of order)
        pair[k] = await started[k].worker.run(steps, Math.max(1, Math.floor(steps / 10)));
      times.push(pair);
    }
    const [low, ratio, high] = medianInterval(times.map(([before, after]) => after / before));
    const both = (key: 'prepareMs' | 'residentMB'): string =>
      started.map((one) => one[key].toFixed(0)).join(', ');
    return [
      `${model} ${backend} ${threads}`,
      medianInterval(times.map(([before]) => before))[1].toFixed(3),
      medianInterval(times.map(([, after]) => after))[1].toFixed(3),
      ratio.toFixed(3),
      `${low.toFixed(3)} to ${high.toFixed(3)}`,
      both('prepareMs'),
      both('residentMB'),
    ].join(' | ');
  } finally {
    for (const { worker } of started) worker.kill();
  }
}

async function start(
  checkout: string,
  model: string,
  backend: string,
  threads: number,
): Promise<Started> {
  const script = new URL('workers/checkout.ts', import.meta.url).pathname;
  const worker = await Worker.start({
    file: process.execPath,
    args: [
      ...['--import', 'tsx', script],
      ...['--checkout', resolve(checkout)],
      ...['--model', model, '--backend', backend, '--threads', String(threads)],
    ],
  });
  return { worker, ...(JSON.parse(worker.library) as Omit<Started, 'worker'>) };
}

/** The median with its 95% interval: the order statistics that a binomial distribution of 1/2 gives. */
function medianInterval(values: readonly number[]): [number, number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const half = 1.96 * Math.sqrt(sorted.length / 4);
  const at = (place: number): number =>
    sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(place)))];
  const middle = (sorted.length - 1) / 2;
  return [
    at(middle - half),
    (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    at(middle + half),
  ];
}
