/**
 * What reads others' bytes, as targets of Jazzer.js, which changes its inputs by what code they reach: each is read, or refused with
 * one of our own errors in one line. `npm run fuzz:coverage` (coverage.ts) starts them; READER names the one that is tried, and
 * PLACE a folder for what is read from files.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { TextDecoder } from 'node:util';
import { buildGan } from '../../dist/gan/build.js';
import { gunzipBounded } from '../../dist/data/bounded-read.js';
import { parseIdxImages, parseIdxLabels } from '../../dist/data/idx.js';
import { MNIST_LIKE, readKnownKind } from '../../dist/data/known-set.js';
import { loadImages } from '../../dist/data/load.js';
import { parseNpy } from '../../dist/data/npy.js';
import { decodePicture } from '../../dist/data/pictures/picture-file.js';
import { hasOnlyOwnFields } from '../../dist/compiler/onnx/own-fields.js';
import { RunError, UserError } from '../../dist/errors.js';
import { parseOwner } from '../../dist/files/lease-owner.js';
import { runOptions } from '../../dist/gan/options.js';
import { readSampleGrid } from '../../dist/images/sample-grid.js';
import { decodeCheckpoint } from '../../dist/runs/checkpoint.js';
import { readWeights } from '../../dist/runs/layers-model.js';
import { parseLog } from '../../dist/runs/log.js';
import { parseRunDescription } from '../../dist/runs/run-description.js';
import { encodeTensors } from '../../dist/runs/safetensors.js';
import { parseSweep } from '../../dist/runs/sweep.js';
import { eventOf } from '../../dist/sweeps/job.js';
import { readEvaluation } from '../../dist/web/evaluation.js';

const { READER, PLACE = '.' } = process.env;
// Most inputs are refused, and a stack for each would take most of the time; an input that was found is tried again with STACKS=1.
if (process.env.STACKS === undefined) Error.stackTraceLimit = 0;
const WHERE = 'it';
const MOST_BYTES = 1 << 24;
/** As the driver trains its run. */
const SMALL = { model: 'dense', units: 4, latentSize: 6, conditional: true };

const textOf = (bytes) => new TextDecoder().decode(bytes);
const isOurs = (error) =>
  (error instanceof UserError || error instanceof RunError) && /^.+$/.test(error.message);

/** A data set in a file of that name. */
const dataFile = (name) => {
  const folder = join(PLACE, name);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  return async (bytes) => {
    writeFileSync(path, bytes);
    const { train } = await loadImages(path);
    train.read([train.count - 1], new Uint8Array(train.shape[0] * train.shape[1] * train.shape[2]));
  };
};

/** @param read gets the file's path. */
const fileAt = (path, read) => {
  const whole = join(PLACE, path);
  mkdirSync(dirname(whole), { recursive: true });
  return (bytes) => {
    writeFileSync(whole, bytes);
    return read(whole);
  };
};

function modelJson() {
  const { generator } = buildGan(runOptions(SMALL), MNIST_LIKE);
  return fileAt('generator/model.json', (path) => readWeights(dirname(path), generator));
}

/** Each makes its reader when it is asked for. */
const SYNC = {
  idxImages: () => (bytes) => parseIdxImages(bytes, WHERE),
  idxLabels: () => (bytes) => parseIdxLabels(bytes, WHERE),
  gzip: () => (bytes) => gunzipBounded(bytes, WHERE, MOST_BYTES),
  npy: () => (bytes) => parseNpy(bytes, WHERE),
  checkpoint: () => (bytes) => decodeCheckpoint(bytes, WHERE),
  position: () => (bytes) =>
    decodeCheckpoint(encodeTensors(new Map(), { 'gan-mnist': textOf(bytes) }), WHERE),
  options: () => (bytes) => parseRunDescription(textOf(bytes), WHERE),
  sweep: () => (bytes) => parseSweep(textOf(bytes), WHERE),
  log: () => (bytes) => parseLog(textOf(bytes)),
  event: () => (bytes) => eventOf(textOf(bytes)),
  owner: () => (bytes) => parseOwner(textOf(bytes)),
  onnx: () => (bytes) => hasOnlyOwnFields(bytes),
  grid: () => fileAt('grid.png', (path) => readSampleGrid(path, MNIST_LIKE.shape)),
  manifest: () => fileAt('manifest.json', readKnownKind),
  evaluation: () => fileAt('evaluation/evaluation.json', () => readEvaluation(PLACE)),
  model: modelJson,
};
const ASYNC = {
  csv: () => dataFile('it.csv'),
  numpy: () => dataFile('it.npz'),
  parquet: () => dataFile('it.parquet'),
  picture: () => (bytes) => decodePicture(bytes, WHERE),
};

function refuse(error) {
  if (!isOurs(error)) throw error;
}

const read = (SYNC[READER] ?? ASYNC[READER])?.();

const CUTS = 9;
const FLIPS = 10;
/** A prime, so that the places of flipped bits wander over the bytes. */
const STRIDE = 7919;

/** An input of Jazzer.js, then the same cut off at some places, then with a bit of it flipped: a call costs it as much as some reading does. */
function* inputsOf(given) {
  const bytes = new Uint8Array(given);
  yield bytes;
  for (let k = 1; k <= CUTS && k < bytes.length; k++)
    yield bytes.slice(0, Math.floor((bytes.length * k) / (CUTS + 1)));
  for (let k = 0; k < FLIPS && k < bytes.length; k++) {
    const flipped = bytes.slice();
    flipped[(k * STRIDE + bytes.length * 31) % bytes.length] ^= 1 << (k % 8);
    yield flipped;
  }
}

let inputs = 0;
let calls = 0;
/** For the driver, from time to time: who is called has no end. */
function counted() {
  if (++calls % 500 === 0) writeFileSync(`${PLACE}.inputs`, String(inputs));
}

/** What Jazzer.js calls. */
export const fuzz =
  READER in SYNC
    ? (given) => {
        for (const bytes of inputsOf(given)) {
          inputs++;
          try {
            read(bytes);
          } catch (error) {
            refuse(error);
          }
        }
        counted();
      }
    : async (given) => {
        for (const bytes of inputsOf(given)) {
          inputs++;
          try {
            await read(bytes);
          } catch (error) {
            refuse(error);
          }
        }
        counted();
      };
