import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { TRAIN_OPTIONS } from '../../src/cli/train-options.js';
import { hasOnlyOwnFields } from '../../src/compiler/onnx/own-fields.js';
import { UserError } from '../../src/errors.js';
import { completeOptions, parseOption, type OptionDefinition } from '../../src/options.js';
import { buildGan } from '../../src/gan/build.js';
import { decodeCheckpoint, listCheckpoints } from '../../src/runs/checkpoint.js';
import { readWeights } from '../../src/runs/layers-model.js';
import { RUN_OPTIONS, runOptions } from '../../src/gan/options.js';
import { parseLog } from '../../src/runs/log.js';
import { parseRunDescription } from '../../src/runs/run-description.js';
import { decodeTensors, encodeTensors } from '../../src/runs/safetensors.js';
import { fuzz, FUZZ_TIMEOUT } from '../support/fuzz.js';
import { SMALL, trainSmall } from '../support/small-run.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { touched } from '../support/touched-paths.js';
import { MNIST_LIKE } from '../../src/data/known-set.js';

vi.mock('node:fs', async (original) =>
  (await import('../support/touched-paths.js')).recording(await original<object>()),
);

const folder = temporaryFolder();
let run: string;
let checkpoint: Uint8Array;
let options: string;
beforeAll(async () => {
  run = (await trainSmall(folder)).folder;
  checkpoint = new Uint8Array(readFileSync(listCheckpoints(join(run, 'checkpoint'))[1]));
  options = readFileSync(join(run, 'options.json'), 'utf8');
});

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
    return fuzz('bytes as a checkpoint', any, (bytes) => decodeCheckpoint(bytes, 'it'));
  });

  it('positions in a checkpoint', () => {
    const header = (): string => decodeTensors(checkpoint, 'it').metadata['gan-mnist'];
    const any = fc.oneof(edited(header), withValue(header), fc.json());
    return fuzz('positions in a checkpoint', any, (text) =>
      decodeCheckpoint(encodeTensors(new Map(), { 'gan-mnist': text }), 'it'),
    );
  });

  it('options.json', () => {
    const text = (): string => options;
    const any = fc.oneof(edited(text), withValue(text), fc.json(), fc.string());
    return fuzz('options.json', any, (changed) => {
      const { options: read, backend, data, checkpointEvery } = parseRunDescription(changed, 'it');
      // What passes is what the rest relies on.
      expect(runOptions({ ...read })).toEqual(read);
      expect(checkpointEvery).toBeGreaterThanOrEqual(1);
      expect(backend.threads).toBeGreaterThanOrEqual(1);
      expect(['string', 'undefined']).toContain(typeof data.folder);
    });
  });

  it('log.jsonl', () => {
    const log = readFileSync(join(run, 'log.jsonl'), 'utf8');
    const any = fc.oneof(
      edited(() => log),
      fc.string(),
    );
    return fuzz('log.jsonl', any, parseLog);
  });

  it('model.json', async () => {
    const hostile = join(folder, 'hostile');
    cpSync(join(run, 'model', 'generator'), hostile, { recursive: true });
    const path = join(hostile, 'model.json');
    const text = (): string => whole;
    const whole = readFileSync(path, 'utf8');
    const { generator } = buildGan(runOptions(SMALL), MNIST_LIKE);
    const tensors = tf.memory().numTensors;
    const elsewhere = fc
      .oneof(
        fc.constantFrom('../', '/', '../../', 'file:///', 'https://', '\\\\', 'C:\\'),
        fc.string(),
      )
      .map((start) => whole.replace('"weights.bin"', JSON.stringify(`${start}weights.bin`)));
    const any = fc.oneof(edited(text), withValue(text), fc.json(), elsewhere);
    touched.clear();
    await fuzz('model.json', any, (changed) => {
      writeFileSync(path, changed);
      readWeights(hostile, generator);
    });
    expect([...touched].sort()).toEqual([path, join(hostile, 'weights.bin')]);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('bytes as generator.onnx', () => {
    const onnx = new Uint8Array(readFileSync(join(run, 'model', 'generator.onnx')));
    expect(hasOnlyOwnFields(onnx)).toBe(true);
    const changed = fc
      .array(fc.tuple(fc.nat(onnx.length - 1), fc.nat(255)), { maxLength: 4 })
      .map((edits) => {
        const bytes = onnx.slice();
        for (const [at, byte] of edits) bytes[at] = byte;
        return bytes;
      });
    const any = fc.oneof(changed, fc.uint8Array({ maxLength: 300 }));
    return fuzz('bytes as generator.onnx', any, (bytes) => {
      if (!hasOnlyOwnFields(bytes)) throw new UserError('refused');
    });
  });

  it('text for an option', () => {
    const number = fc.oneof(fc.double(), fc.integer(), fc.bigInt()).map(String);
    const table = Object.entries(TRAIN_OPTIONS as Record<string, OptionDefinition>);
    const any = fc.tuple(fc.constantFrom(...table), fc.oneof(fc.string(), number));
    return fuzz('text for an option', any, ([[name, definition], text]) => {
      const value = parseOption(name, definition, text);
      if (name in RUN_OPTIONS)
        expect(completeOptions({ [name]: definition }, { [name]: value }, 'it')).toEqual({
          [name]: value,
        });
    });
  });

  it('options from a program', () => {
    const key = fc.oneof(fc.constantFrom(...Object.keys(RUN_OPTIONS)), fc.string());
    const any = fc.dictionary(key, fc.anything(), { noNullPrototype: false });
    return fuzz('options from a program', any, (given) => runOptions(given));
  });
});
