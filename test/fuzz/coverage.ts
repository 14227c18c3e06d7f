/**
 * Coverage-guided fuzzing of everything that reads others' bytes (readers.js), by Jazzer.js, which npm fetches for it: this package
 * does not depend on it. Each reader starts from files as they should be.
 *
 *   npm run fuzz:coverage -- [calls of each, 30000] [seconds of each at most, 600] [readers, all]
 *
 * Jazzer.js' library needs glibc 2.38, which Debian 12 and Ubuntu 22.04 do not have: Debian 13, Ubuntu 24.04 and Fedora 39 do.
 *
 * Each call tries an input of Jazzer.js and some neighbours of it, up to 20 inputs.
 *
 * An input that crashes a reader, takes longer than 20 s or more than 2 GB is left in the folder that is named at the end.
 */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { writeIdxImages, writeIdxLabels } from '../support/sets.js';
import { listCheckpoints } from '../../src/runs/checkpoint.js';
import { decodeTensors } from '../../src/runs/safetensors.js';
import { cli } from '../support/cli.js';

const JAZZER = '@jazzer.js/core@4.0.0';
const [calls = 30_000, seconds = 600] = process.argv.slice(2, 4).map(Number);
const here = fileURLToPath(new URL('.', import.meta.url));
const forms = join(here, '..', 'data', 'forms');
/** In memory where there is such a place: readers of files read one for each input. */
const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const work = mkdtempSync(join(memory, 'gan-mnist-fuzz-'));
const found = join(work, 'found');
/** Longer inputs say little more and take longer. */
const MOST_BYTES = 20_000;

/** Those that give promises. */
const ASYNC = ['csv', 'numpy', 'parquet', 'picture'];

let failures = 0;
let all = 0;
const readers = await plantSeeds();
const chosen = process.argv.slice(4);
for (const reader of chosen.length > 0 ? chosen : readers) await tryReader(reader);
console.log(`${all} inputs in all, ${failures} readers with findings`);
if (failures === 0) rmSync(work, { recursive: true, force: true });
else console.log(`what was found is in ${found}`);
process.exitCode = failures === 0 ? 0 : 1;

async function tryReader(reader: string): Promise<void> {
  const place = join(work, 'place', reader);
  const corpus = join(work, 'corpus', reader);
  for (const folder of [place, corpus, join(found, reader)]) mkdirSync(folder, { recursive: true });
  if (reader === 'model')
    cpSync(join(work, 'model'), join(place, 'generator'), { recursive: true });
  const instrumented = ['dist/', 'hyparquet', 'yauzl', 'pngjs', 'fast-png', 'iobuffer', 'fflate'];
  const args = [
    ...['exec', '--yes', `--package=${JAZZER}`, '--', 'jazzer', join(here, 'readers.js')],
    ...[corpus, join(work, 'seeds', reader)],
    ...(ASYNC.includes(reader) ? ['--timeout=20000'] : ['--sync']),
    ...instrumented.map((part) => `--includes=${part}`),
    ...['--excludes=@tensorflow', '--excludes=onnxruntime', '--excludes=protobufjs'],
    // Reading a file of the given folder is what is tried.
    ...['--disableBugDetectors=path-traversal', '--'],
    ...[`-runs=${calls}`, `-max_total_time=${seconds}`, `-max_len=${MOST_BYTES}`, '-seed=1'],
    ...['-timeout=20', '-rss_limit_mb=2048', '-print_final_stats=1', '-verbosity=1'],
    `-artifact_prefix=${join(found, reader)}/`,
  ];
  const env = { ...process.env, READER: reader, PLACE: place, XDG_CACHE_HOME: join(work, 'cache') };
  const child = spawn('npm', args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const number = (pattern: RegExp): number => Number(pattern.exec(said)?.[1] ?? 0);
  // Of a long run the last lines, with the figures, may be lost as the process ends.
  const done = number(/number_of_executed_units:\s+(\d+)/) || number(/^#(\d+)\s+DONE/m);
  const counter = `${place}.inputs`;
  const inputs = existsSync(counter) ? Number(readFileSync(counter, 'utf8')) : done;
  all += inputs;
  const edges = [...said.matchAll(/\bcov: (\d+)/g)].map(([, cov]) => Number(cov));
  console.log(
    `${reader}: ${inputs} inputs in ${done} calls, ${edges[0] ?? 0} edges of the code reached at first and ${edges.at(-1) ?? 0} at last, ${number(/peak_rss_mb:\s+(\d+)/)} MB, slowest ${number(/slowest_unit_time_sec:\s+(\d+)/)} s`,
  );
  if (code === 0 && readdirSync(join(found, reader)).length === 0 && done > 0) return;
  failures++;
  console.log(`${said.slice(0, 200)}\n...\n${said.slice(-6000)}`);
}

/** Files as they should be, for each reader; returns their names. */
async function plantSeeds(): Promise<string[]> {
  const size = '--epochs 2 --limit 60 --batch-size 20 --units 4 --latent-size 6 --threads 1';
  const outputs = join(work, 'outputs');
  const { code, stderr } = await cli('train', ...size.split(' '), '--quiet', '--out', outputs);
  if (code !== 0) throw new Error(stderr);
  const run = join(outputs, '00001-dense');
  const sweep = await cli('sweep', 'new', '--seed', '1,2', ...size.split(' '), '--out', outputs);
  if (sweep.code !== 0) throw new Error(sweep.stderr);
  cpSync(join(run, 'model', 'generator'), join(work, 'model'), { recursive: true });
  const checkpoint = new Uint8Array(readFileSync(listCheckpoints(join(run, 'checkpoint'))[0]));
  const images = writeIdxImages(new Uint8Array(2 * 64).fill(7), [8, 8, 1]);
  const labels = writeIdxLabels([1, 2, 3], 10);
  const owner = { id: '0'.repeat(32), pid: 7, started: '9', host: 'a', boot: 'b', namespace: 'c' };
  const event = { event: 'epoch', epoch: 1, step: 2, discriminatorLoss: 1.5 };
  const known = { kind: 'gan-mnist data set', shape: [28, 28, 1], classes: ['0', '1'] };
  const figure = { value: 0.98, standardError: 0.01, real: { value: 0.99 } };
  const named = (pattern: RegExp): Uint8Array[] =>
    readdirSync(forms, { recursive: true, encoding: 'utf8' })
      .filter((name) => pattern.test(name))
      .map((name) => new Uint8Array(readFileSync(join(forms, name))));
  const seeds: Record<string, readonly (Uint8Array | string)[]> = {
    idxImages: [images],
    idxLabels: [labels],
    gzip: [new Uint8Array(gzipSync(labels)), new Uint8Array(gzipSync(images))],
    npy: named(/\.npy$/),
    checkpoint: [checkpoint],
    position: [decodeTensors(checkpoint, 'it').metadata['gan-mnist']],
    options: [readFileSync(join(run, 'options.json'), 'utf8')],
    sweep: readdirSync(outputs)
      .filter((name) => name.endsWith('-sweep'))
      .map((name) => readFileSync(join(outputs, name, 'sweep.json'), 'utf8')),
    log: [readFileSync(join(run, 'log.jsonl'), 'utf8')],
    event: [JSON.stringify(event)],
    owner: [JSON.stringify(owner)],
    onnx: [new Uint8Array(readFileSync(join(run, 'model', 'generator.onnx')))],
    grid: [new Uint8Array(readFileSync(join(run, 'samples', 'epoch-0001.png')))],
    manifest: [JSON.stringify(known)],
    evaluation: [JSON.stringify({ run: 'it', figures: { tstr: figure, frechet: figure } })],
    model: [readFileSync(join(run, 'model', 'generator', 'model.json'), 'utf8')],
    csv: named(/\.csv$/),
    numpy: named(/\.np[yz]$/),
    parquet: named(/\.parquet$/),
    picture: named(/\.(png|jpe?g|webp)$/),
  };
  for (const [reader, files] of Object.entries(seeds)) {
    const folder = join(work, 'seeds', reader);
    mkdirSync(folder, { recursive: true });
    if (files.length === 0) throw new Error(`${reader} has no file to start from`);
    files.forEach((seed, k) => writeFileSync(join(folder, String(k)), seed));
  }
  return Object.keys(seeds);
}
