/** Times the same training step on every backend and every peer: `npm run bench`. */
import { Command, InvalidArgumentError } from 'commander';
import { writeFileWhole } from '../src/files/replace.js';
import { DEFAULT_PEERS_FOLDER } from './contestants.js';
import { measure, type Effort, type Row } from './measure.js';
import { MODELS, modelNamed } from './models.js';
import { numbersFrom, positiveInteger } from './options.js';
import { machineText, rowsTable } from './report.js';

const FULL: Effort = { rounds: 15, roundSeconds: 0.4 };
const QUICK: Effort = { rounds: 5, roundSeconds: 0.1 };

interface Options {
  readonly model: string;
  readonly batchSize?: number;
  readonly units: number;
  readonly threads: readonly number[];
  readonly rounds?: number;
  readonly only: RegExp;
  readonly quick: boolean;
  readonly json?: string;
  readonly peers: string;
}

const regularExpression = (text: string): RegExp => {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
};

const options = new Command('npm run bench --')
  .description('Times the same GAN training step on every backend and every peer that is set up.')
  .option('--model <name>', `${MODELS.map(({ name }) => name).join(', ')} or all`, 'dense')
  .option(
    '--batch-size <images>',
    `images a step (default: ${MODELS.map((model) => `${model.defaultBatchSize} ${model.name}`).join(', ')})`,
    positiveInteger,
  )
  .option('--units <n>', 'width of the dense model', positiveInteger, 128)
  .option('--threads <list>', 'thread counts, as 1,2', numbersFrom(positiveInteger), [1, 2])
  .option('--rounds <n>', 'how often each takes its turn', positiveInteger)
  .option('--only <regex>', 'only the backends whose name matches', regularExpression, /^/)
  .option('--quick', 'short rounds: to see that all works, not to quote', false)
  .option('--json <file>', 'also write the rows there')
  .option('--peers <folder>', 'where bench/peers/setup.sh installed', DEFAULT_PEERS_FOLDER)
  .addHelpText(
    'after',
    '\nExample: npm run bench -- --model all --only "native|wasm" --json bench.json',
  )
  .parse()
  .opts<Options>();

const models = options.model === 'all' ? MODELS : [modelNamed(options.model)];
const effort = { ...(options.quick ? QUICK : FULL) };
if (options.rounds !== undefined) effort.rounds = options.rounds;

console.log(machineText());
const rows: Row[] = [];
for (const { name: model, defaultBatchSize } of models) {
  for (const threads of options.threads) {
    const batchSize = options.batchSize ?? defaultBatchSize;
    const setting = { model, batchSize, units: options.units, threads };
    const measured = await measure(setting, options.only, options.peers, effort, (text) => {
      process.stderr.write(`${text}\n`);
    });
    rows.push(...measured);
    const units = model.startsWith('dense') ? `, ${options.units} units` : '';
    console.log(`\n${model}, batch ${batchSize}${units}, threads ${threads}\n`);
    console.log(rowsTable(measured));
  }
}
if (options.json !== undefined) {
  writeFileWhole(options.json, `${JSON.stringify(rows, null, 2)}\n`);
  console.log(`\nwrote ${options.json}`);
}
