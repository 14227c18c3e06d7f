import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TRAIN_OPTIONS } from '../../src/commands/option-tables.js';
import { RunError, UserError } from '../../src/errors.js';
import { completeOptions, parseOption, type OptionDefinition } from '../../src/options.js';
import { buildGan } from '../../src/models/build.js';
import { decodeCheckpoint, listCheckpoints } from '../../src/training/checkpoint.js';
import { readWeights } from '../../src/training/layers-model.js';
import { RUN_OPTIONS, runOptions } from '../../src/training/options.js';
import { parseLog } from '../../src/training/log.js';
import { parseRunDescription } from '../../src/training/run-description.js';
import { decodeTensors, encodeTensors } from '../../src/training/safetensors.js';
import { FUZZ_RUNS, FUZZ_TIMEOUT } from '../fuzz-runs.js';
import { SMALL, temporaryFolder, trainSmall } from '../support/small-run.js';

const folder = temporaryFolder();
let run: string;
let checkpoint: Uint8Array;
let options: string;
beforeAll(async () => {
  run = (await trainSmall(folder)).folder;
  checkpoint = new Uint8Array(readFileSync(listCheckpoints(join(run, 'checkpoint'))[1]));
  options = readFileSync(join(run, 'options.json'), 'utf8');
});

/** The slowest input in milliseconds: none may take a second. */
let slowest = 0;

afterAll(() => {
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  if (process.env.FUZZ_RUNS !== undefined)
    console.log(`slowest input ${slowest.toFixed(1)} ms, at most ${megabytes} MB resident`);
});

/** Anything but one of our own errors is a bug. */
function survives(read: () => unknown): void {
  const startedAt = performance.now();
  try {
    read();
  } catch (error) {
    if (!(error instanceof UserError || error instanceof RunError)) throw error;
    expect(error.message).not.toMatch(/\n/);
  }
  slowest = Math.max(slowest, performance.now() - startedAt);
}

/** A text with some of it replaced, removed or doubled. */
const edited = (text: () => string): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.nat(),
      fc.nat(60),
      fc.oneof(
        fc.string({ maxLength: 8 }),
        fc.json(),
        fc.constantFrom('null', '-1', '1e999', '{}', '[]', '"../../x"', '\u0000', '__proto__'),
      ),
    )
    .map(([at, length, by]) => {
      const from = at % (text().length + 1);
      return text().slice(0, from) + by + text().slice(from + length);
    });

/** A JSON text with one value in it replaced by another. */
const withValue = (text: () => string): fc.Arbitrary<string> =>
  fc.tuple(fc.nat(), fc.jsonValue()).map(([at, value]) => {
    const places = [...text().matchAll(/"[^"]*"(?!:)|-?\d[\d.e+-]*|\[[^[\]]*\]|\{[^{}]*\}/g)];
    const { 0: found, index } = places[at % places.length];
    return text().slice(0, index) + JSON.stringify(value) + text().slice(index + found.length);
  });

const check = <T>(property: fc.IRawProperty<T>): void => {
  void fc.assert(property, { numRuns: FUZZ_RUNS });
  expect(slowest).toBeLessThan(1000);
};

describe('hostile', { timeout: FUZZ_TIMEOUT }, () => {
  it('bytes as a checkpoint', () => {
    const changed = fc
      .array(fc.tuple(fc.nat(6000), fc.nat(255)), { minLength: 1, maxLength: 4 })
      .map((edits) => {
        const bytes = checkpoint.slice();
        for (const [at, byte] of edits) bytes[at % bytes.length] = byte;
        return bytes;
      });
    const cut = fc.nat().map((at) => checkpoint.slice(0, at % checkpoint.length));
    const any = fc.oneof(fc.uint8Array({ maxLength: 300 }), changed, cut);
    check(fc.property(any, (bytes) => survives(() => decodeCheckpoint(bytes, 'it'))));
  });

  it('positions in a checkpoint', () => {
    const header = (): string => decodeTensors(checkpoint, 'it').metadata['gan-mnist'];
    const any = fc.oneof(edited(header), withValue(header), fc.json());
    check(
      fc.property(any, (text) =>
        survives(() => decodeCheckpoint(encodeTensors(new Map(), { 'gan-mnist': text }), 'it')),
      ),
    );
  });

  it('options.json', () => {
    const any = fc.oneof(
      edited(() => options),
      withValue(() => options),
      fc.json(),
      fc.string(),
    );
    check(
      fc.property(any, (text) =>
        survives(() => {
          const { options: read, backend, data, checkpointEvery } = parseRunDescription(text, 'it');
          // What passes is what the rest relies on.
          expect(runOptions({ ...read })).toEqual(read);
          expect(checkpointEvery).toBeGreaterThanOrEqual(1);
          expect(backend.threads).toBeGreaterThanOrEqual(1);
          expect(['string', 'undefined']).toContain(typeof data.folder);
        }),
      ),
    );
  });

  it('log.jsonl', () => {
    const log = readFileSync(join(run, 'log.jsonl'), 'utf8');
    const any = fc.oneof(
      edited(() => log),
      fc.string(),
    );
    check(fc.property(any, (text) => survives(() => parseLog(text))));
  });

  it('model.json', () => {
    const hostile = join(folder, 'hostile');
    cpSync(join(run, 'model', 'generator'), hostile, { recursive: true });
    const path = join(hostile, 'model.json');
    const text = readFileSync(path, 'utf8');
    const { generator } = buildGan(runOptions(SMALL));
    const tensors = tf.memory().numTensors;
    const any = fc.oneof(
      edited(() => text),
      withValue(() => text),
      fc.json(),
    );
    check(
      fc.property(any, (changed) => {
        writeFileSync(path, changed);
        survives(() => readWeights(hostile, generator));
      }),
    );
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it.each(Object.entries(TRAIN_OPTIONS as Record<string, OptionDefinition>))(
    'text for --%s',
    (name, definition) => {
      const number = fc.oneof(fc.double(), fc.integer(), fc.bigInt()).map(String);
      const share = Math.ceil(FUZZ_RUNS / Object.keys(TRAIN_OPTIONS).length);
      fc.assert(
        fc.property(fc.oneof(fc.string(), number), (text) =>
          survives(() => {
            const value = parseOption(name, definition, text);
            if (name in RUN_OPTIONS)
              expect(completeOptions({ [name]: definition }, { [name]: value }, 'it')).toEqual({
                [name]: value,
              });
          }),
        ),
        { numRuns: share },
      );
    },
  );

  it('options from a program', () => {
    const key = fc.oneof(fc.constantFrom(...Object.keys(RUN_OPTIONS)), fc.string());
    const any = fc.dictionary(key, fc.anything(), { noNullPrototype: false });
    check(fc.property(any, (given) => survives(() => runOptions(given))));
  });
});

describe('model.json', () => {
  it.each(['../weights.bin', '/etc/passwd', 'https://example.com/weights.bin'])(
    'that names %s for its weights is refused, and nothing of it is read',
    (elsewhere) => {
      const hostile = join(folder, 'elsewhere');
      cpSync(join(run, 'model', 'generator'), hostile, { recursive: true });
      const path = join(hostile, 'model.json');
      const text = readFileSync(path, 'utf8');
      writeFileSync(path, text.replace('"weights.bin"', JSON.stringify(elsewhere)));
      const { generator } = buildGan(runOptions(SMALL));
      expect(() => readWeights(hostile, generator)).toThrow(/its weights are not those/);
    },
  );
});
