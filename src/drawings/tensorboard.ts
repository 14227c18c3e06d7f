import { closeSync, existsSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import protobuf from 'protobufjs/minimal.js';
import { explained } from '../files/explain.js';
import { askGuards } from '../files/guards.js';
import { hasContent, readWhole } from '../files/read.js';
import { Lease } from '../files/lease.js';
import { writeFileWhole } from '../files/replace.js';
import { writeAll } from '../files/write-all.js';
import { snakeCaseOf } from '../names.js';
import type { LogRow } from '../runs/log.js';
import { sampleFile } from '../runs/run-folder.js';

const require = createRequire(import.meta.url);
const crc32c = require('crc-32/crc32c.js') as { buf(bytes: Uint8Array): number };

/** TensorBoard finds the file by "tfevents" in its name. */
export const EVENT_FILE = 'events.out.tfevents.gan-mnist';

/** The fields of a row of log.jsonl that TensorBoard is given. */
export type EventRow = Pick<LogRow, 'epoch' | 'scalars' | 'measures' | 'imagesPerSecond' | 'time'>;

/** `discriminatorLoss` as `loss/discriminator`, so that TensorBoard shows the losses together; others as `real_logit`. */
const tagOf = (name: string): string => {
  const loss = /^(.+)Loss$/.exec(name)?.[1];
  return loss === undefined ? snakeCaseOf(name) : `loss/${snakeCaseOf(loss)}`;
};

/** The numbers of a row by their names. */
const numbersOf = ({ scalars, measures, imagesPerSecond }: EventRow): [string, number][] =>
  Object.entries({ ...scalars, ...measures, imagesPerSecond });

/**
 * The run's TensorBoard event file: losses and whatever else is logged, speed and the grid of samples, an event an epoch, whose step is the
 * epoch. Its times are those of the rows, so the file is a function of log.jsonl and the samples.
 */
export class TensorBoardLog {
  private isEmpty = true;

  private constructor(
    private readonly runFolder: string,
    private readonly path: string,
  ) {}

  /**
   * Writes the file anew with the epochs that there are: none in a new run, those up to the checkpoint in a resumed one, so
   * that no point is there twice.
   */
  static begin(runFolder: string, rows: readonly EventRow[]): TensorBoardLog {
    const log = new TensorBoardLog(runFolder, join(runFolder, EVENT_FILE));
    const records = Buffer.concat(rows.map((row) => log.records(row)));
    // A process that lost its lease may have it open to append to: see lease.ts.
    if (Lease.of(runFolder)?.isTakenOver === true || !hasContent(log.path, records))
      writeFileWhole(log.path, records);
    return log;
  }

  /** Adds an epoch. A crash may leave half of it at the end of the file, which TensorBoard passes over. */
  add(row: EventRow): void {
    explained('write', this.path, () => {
      const file = openSync(this.path, 'a');
      try {
        askGuards(this.path);
        writeAll(file, this.records(row));
      } finally {
        closeSync(file);
      }
    });
  }

  /** The epoch's record; before the first one the version's, at the same time, from which TensorBoard counts. */
  private records(row: EventRow): Uint8Array {
    const picture = join(this.runFolder, sampleFile(row.epoch));
    const samples = existsSync(picture) ? readWhole(picture) : undefined;
    const record = frame(epochEvent(row, samples));
    if (!this.isEmpty) return record;
    this.isEmpty = false;
    return Buffer.concat([frame(versionEvent(row.time)), record]);
  }
}

/** A TFRecord: length, its checksum, bytes, their checksum (tensorflow/core/lib/io/record_writer.h). */
function frame(data: Uint8Array): Uint8Array {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(data.length));
  return Buffer.concat([length, maskedChecksum(length), data, maskedChecksum(data)]);
}

/** CRC-32C, rotated right by 15 bits plus a constant (tensorflow/core/lib/hash/crc32c.h). */
function maskedChecksum(bytes: Uint8Array): Uint8Array {
  const crc = crc32c.buf(bytes) >>> 0;
  const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(masked);
  return buffer;
}

/** Fields of tensorflow.Event (tensorflow/core/util/event.proto). */
const WALL_TIME = 1;
const STEP = 2;
const FILE_VERSION = 3;
const SUMMARY = 5;
/** Fields of tensorflow.Summary, its Value and its Image (tensorflow/core/framework/summary.proto). */
const VALUE = 1;
const TAG = 1;
const SIMPLE_VALUE = 2;
const IMAGE = 4;
const IMAGE_HEIGHT = 1;
const IMAGE_WIDTH = 2;
const IMAGE_COLORSPACE = 3;
const IMAGE_BYTES = 4;

/** Wire types of Protocol Buffers. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
const key = (field: number, wireType: number) => (field << 3) | wireType;

/** The first record of every event file. */
function versionEvent(time: string): Uint8Array {
  const writer = wallTime(protobuf.Writer.create(), time);
  return writer.uint32(key(FILE_VERSION, BYTES)).string('brain.Event:2').finish();
}

function epochEvent(row: EventRow, samples: Uint8Array | undefined): Uint8Array {
  const writer = wallTime(protobuf.Writer.create(), row.time);
  writer.uint32(key(STEP, VARINT)).int64(row.epoch);
  writer.uint32(key(SUMMARY, BYTES)).fork();
  for (const [name, value] of numbersOf(row)) {
    writer.uint32(key(VALUE, BYTES)).fork().uint32(key(TAG, BYTES)).string(tagOf(name));
    writer.uint32(key(SIMPLE_VALUE, FIXED32)).float(value).ldelim();
  }
  if (samples !== undefined) imageValue(writer, 'samples', samples);
  return writer.ldelim().finish();
}

function imageValue(writer: protobuf.Writer, tag: string, png: Uint8Array): void {
  const header = pngHeader(png);
  // A file that was cut off: the event goes without a picture.
  if (header === undefined) return;
  const { width, height, channels } = header;
  writer.uint32(key(VALUE, BYTES)).fork().uint32(key(TAG, BYTES)).string(tag);
  writer.uint32(key(IMAGE, BYTES)).fork();
  writer.uint32(key(IMAGE_HEIGHT, VARINT)).int32(height);
  writer.uint32(key(IMAGE_WIDTH, VARINT)).int32(width);
  writer.uint32(key(IMAGE_COLORSPACE, VARINT)).int32(channels); // 1 is grayscale, 3 is RGB
  writer.uint32(key(IMAGE_BYTES, BYTES)).bytes(png).ldelim().ldelim();
}

function wallTime(writer: protobuf.Writer, time: string): protobuf.Writer {
  return writer.uint32(key(WALL_TIME, FIXED64)).double(Date.parse(time) / 1000);
}

/** Up to the colour type in the IHDR chunk. */
const IHDR_BYTES = 26;

/** From the IHDR chunk, which is the first (PNG specification, 11.2.2); undefined where the file ends before it does. */
function pngHeader(
  png: Uint8Array,
): { width: number; height: number; channels: number } | undefined {
  if (png.length < IHDR_BYTES) return undefined;
  const view = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  const RGB = 2;
  const channels = view[25] === RGB ? 3 : 1;
  return { width: view.readUInt32BE(16), height: view.readUInt32BE(20), channels };
}
