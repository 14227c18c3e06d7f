import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadBackend } from '../../src/backends/index.js';
import type { Console } from '../../src/cli/console.js';
import type { ProgramEvent } from '../../src/cli/events.js';
import { Screen } from '../../src/terminal/screen.js';
import { pixelsOf } from '../../src/data/image-set.js';
import { loadImages } from '../../src/data/load.js';
import { loadMnist } from '../../src/data/mnist.js';
import { firstImages } from '../../src/data/parts.js';
import { runOptions } from '../../src/gan/options.js';
import { train } from '../../src/training/train.js';
import { FASTEST } from '../support/backends.js';
import { checkedEvent } from '../support/events.js';
import { idxDigits, idxLabels } from '../support/sets.js';

/** A console that keeps what is said. */
export function recordingConsole(json = false) {
  const said: string[] = [];
  const emitted: ProgramEvent[] = [];
  const console: Console = {
    json,
    quiet: false,
    colors: 0,
    lineWidth: Infinity,
    stdout: process.stdout,
    screen: new Screen(process.stdout, { isLive: false }),
    task: { at: () => {} },
    tell: (text) => void said.push(text),
    note: (text) => void said.push(text),
    say: (text) => void said.push(text),
    warn: (text) => void said.push(text),
    emit: (event) => void emitted.push(checkedEvent(JSON.parse(JSON.stringify(event)))),
    wrote: (what, path) => void said.push(`${what}: ${path}`),
    interruptions: () => new AbortController().signal,
  };
  return { console, said, emitted };
}

/** A folder `digits` with the first real digits as IDX files: a classifier of so few is trained in seconds. */
export function writeFewDigits(trainImages: number, testImages: number): void {
  const mnist = loadMnist();
  mkdirSync('digits', { recursive: true });
  for (const [prefix, set] of [
    ['train', firstImages(mnist.train, trainImages)],
    ['t10k', firstImages(mnist.test, testImages)],
  ] as const) {
    writeFileSync(join('digits', `${prefix}-images-idx3-ubyte`), idxDigits(pixelsOf(set)));
    writeFileSync(join('digits', `${prefix}-labels-idx1-ubyte`), idxLabels(set.labels));
  }
}

/** `outputs/00001-dense`, hardly trained, and with its model for every digit `outputs/00002-dense-digits`. */
export async function trainRuns(): Promise<{ all: string; digits: string }> {
  const options = runOptions({
    model: 'dense',
    units: 8,
    epochs: 1,
    limit: 500,
    conditional: false,
    latent: 'uniform',
  });
  const backend = await loadBackend(FASTEST, 1);
  const request = { options, outputs: 'outputs', dataFolder: 'digits' };
  const { folder: all } = await train(request, { mnist: await loadImages('digits'), backend });
  const digits = join('outputs', '00002-dense-digits');
  mkdirSync(digits);
  // As gan-mnist 0.1 has written it.
  const shared = { ...options, conditional: undefined };
  const plan = { options: shared, backend: FASTEST, threads: 1, dataFolder: 'digits' };
  writeFileSync(join(digits, 'digits.json'), JSON.stringify(plan));
  for (let digit = 0; digit < 10; digit++)
    cpSync(all, join(digits, `digit-${digit}`), { recursive: true });
  return { all, digits };
}
