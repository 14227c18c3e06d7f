import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFileWhole } from '../../src/files/replace.js';
import { gridImage } from '../../src/images/grid.js';
import { encodePng } from '../../src/images/png.js';
import { sampleFile } from '../../src/runs/run-folder.js';
import { EVENT_FILE, TensorBoardLog, type EventRow } from '../../src/drawings/tensorboard.js';
import { DIGIT_SHAPE } from '../support/sets.js';

/** The messages as TensorFlow declares them (event.proto, summary.proto), read by protobufjs's own reader. */
const Event = protobuf
  .parse(
    `syntax = "proto3";
    message Event { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; }
    message Summary { repeated Value value = 1; }
    message Value { string tag = 1; float simple_value = 2; Image image = 4; }
    message Image { int32 height = 1; int32 width = 2; int32 colorspace = 3; bytes encoded_image_string = 4; }`,
    { keepCase: true },
  )
  .root.lookupType('Event');

interface ReadEvent {
  wall_time: number;
  step?: number;
  file_version?: string;
  summary?: { value: { tag: string; simple_value?: number; image?: Record<string, unknown> }[] };
}

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'gan-mnist-tensorboard-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const rows: EventRow[] = [1, 2, 3].map((epoch) => ({
  epoch,
  scalars: { discriminatorLoss: epoch + 0.5, generatorLoss: epoch + 0.25, gradientNorm: 3 },
  measures: { diversity: 0.75 },
  imagesPerSecond: 28_500,
  time: `2026-11-22T02:00:0${epoch}.000Z`,
}));
const eventFile = () => readFileSync(join(folder, EVENT_FILE));

function readEvents(): ReadEvent[] {
  const file = eventFile();
  const events: ReadEvent[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(file.readBigUInt64LE(at));
    const message = Event.decode(file.subarray(at + 12, at + 12 + length));
    events.push(Event.toObject(message, { longs: Number }) as ReadEvent);
    at += 12 + length + 4;
  }
  return events;
}

describe('the TensorBoard event file', () => {
  it('begins with the version record, checksums included, as TensorFlow writes it', () => {
    TensorBoardLog.begin(folder, [{ ...rows[0], time: '1970-01-01T00:00:01.500Z' }]);
    // RecordWriter of TensorBoard 2.21 wrote these bytes for Event(wall_time=1.5, file_version='brain.Event:2').
    const expected =
      '1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c';
    expect(eventFile().toString('hex', 0, 40)).toBe(expected);
  });

  it('has an event an epoch with its losses, at the time of its row', () => {
    TensorBoardLog.begin(folder, rows);
    const [version, ...events] = readEvents();
    expect(version.file_version).toBe('brain.Event:2');
    expect(events.map((event) => event.step)).toEqual([1, 2, 3]);
    expect(events[1]).toEqual({
      wall_time: Date.UTC(2026, 10, 22, 2, 0, 2) / 1000,
      step: 2,
      summary: {
        value: [
          { tag: 'loss/discriminator', simple_value: 2.5 },
          { tag: 'loss/generator', simple_value: 2.25 },
          { tag: 'gradient_norm', simple_value: 3 },
          { tag: 'diversity', simple_value: 0.75 },
          { tag: 'images_per_second', simple_value: 28_500 },
        ],
      },
    });
  });

  it('holds the grid of samples of an epoch that has one', () => {
    const png = encodePng(gridImage(new Uint8Array(64 * 784), DIGIT_SHAPE, 8));
    writeFileWhole(join(folder, sampleFile(3)), png);
    TensorBoardLog.begin(folder, rows);
    const value = readEvents()[3].summary!.value.at(-1)!;
    expect(value.tag).toBe('samples');
    expect(value.image).toEqual({
      width: 466,
      height: 466,
      colorspace: 1,
      encoded_image_string: Buffer.from(png),
    });
  });

  it('is the same whether written at once, epoch by epoch, or by a run that was resumed', () => {
    TensorBoardLog.begin(folder, rows);
    const atOnce = eventFile();
    const log = TensorBoardLog.begin(folder, rows.slice(0, 1));
    rows.slice(1).forEach((row) => log.add(row));
    expect(eventFile()).toEqual(atOnce);
    expect(TensorBoardLog.begin(folder, [])).toBeDefined();
    expect(eventFile()).toHaveLength(0);
    const resumed = TensorBoardLog.begin(folder, rows.slice(0, 2));
    resumed.add(rows[2]);
    expect(eventFile()).toEqual(atOnce);
  });

  it('of a run that goes on is appended to: who has it open sees the new epochs', () => {
    const path = join(folder, EVENT_FILE);
    TensorBoardLog.begin(folder, []).add(rows[0]);
    const before = statSync(path);
    TensorBoardLog.begin(folder, rows.slice(0, 1)).add(rows[1]);
    expect(statSync(path).ino).toBe(before.ino);
    expect(statSync(path).size).toBeGreaterThan(before.size);
  });

  it('names the file where it cannot be written', () => {
    const log = TensorBoardLog.begin(folder, rows.slice(0, 1));
    rmSync(join(folder, EVENT_FILE));
    writeFileWhole(join(folder, EVENT_FILE, 'in-the-way'), '');
    expect(() => log.add(rows[1])).toThrow(
      `cannot write ${join(folder, EVENT_FILE)}: it is a folder`,
    );
  });
});
