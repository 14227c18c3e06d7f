import { closeSync, openSync, readSync } from 'node:fs';
import { UserError } from '../../errors.js';
import { explained } from '../../files/explain.js';

const CHUNK_BYTES = 1 << 20;
/** An image of 64 x 64 in colours as decimals with a sign and many digits takes less. */
const MOST_LINE_BYTES = 1 << 20;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** What spreadsheets write before UTF-8. */
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * The lines of a text file, as bytes that hold until the next one is asked for: memory stays small, however large the file or a line
 * of it is.
 *
 * @throws UserError for a line that is longer than any image.
 */
export function* linesOf(path: string): Generator<Uint8Array> {
  const descriptor = explained('read', path, () => openSync(path, 'r'));
  try {
    let buffer = new Uint8Array(CHUNK_BYTES);
    let filled = 0;
    let number = 1;
    for (;;) {
      if (filled === buffer.length) {
        if (filled >= MOST_LINE_BYTES + CHUNK_BYTES)
          throw new UserError(
            `${path}: line ${number} is longer than ${MOST_LINE_BYTES} bytes; expected the pixels of an image`,
          );
        const larger = new Uint8Array(buffer.length + CHUNK_BYTES);
        larger.set(buffer);
        buffer = larger;
      }
      const some = explained('read', path, () =>
        readSync(descriptor, buffer, filled, buffer.length - filled, null),
      );
      filled += some;
      const isMarked = number === 1 && BYTE_ORDER_MARK.every((byte, k) => buffer[k] === byte);
      let from = isMarked ? BYTE_ORDER_MARK.length : 0;
      for (;;) {
        const end = buffer.subarray(0, filled).indexOf(NEWLINE, from);
        if (end < 0) break;
        yield withoutReturn(buffer.subarray(from, end));
        number++;
        from = end + 1;
      }
      if (some === 0) {
        if (from < filled) yield withoutReturn(buffer.subarray(from, filled));
        return;
      }
      buffer.copyWithin(0, from, filled);
      filled -= from;
    }
  } finally {
    closeSync(descriptor);
  }
}

const withoutReturn = (line: Uint8Array): Uint8Array =>
  line.at(-1) === RETURN ? line.subarray(0, -1) : line;

const QUOTE = 0x22;
const ZERO = 0x30;

/** The fields of a line as texts, without quotes around them. */
export function fieldsOf(line: Uint8Array, delimiter: number): string[] {
  const text = new TextDecoder().decode(line);
  return text
    .split(String.fromCharCode(delimiter))
    .map((field) => field.trim().replace(/^"(.*)"$/, '$1'));
}

/**
 * The numbers of a line.
 *
 * @param into filled with as many as it has room for.
 * @returns how many fields there are; -1 - k where field k is no number.
 */
export function numbersOf(line: Uint8Array, delimiter: number, into: Float64Array): number {
  let count = 0;
  let from = 0;
  for (let at = 0; at <= line.length; at++) {
    if (at < line.length && line[at] !== delimiter) continue;
    if (count < into.length) {
      const value = numberOf(line, from, at);
      if (Number.isNaN(value)) return -1 - count;
      into[count] = value;
    }
    count++;
    from = at + 1;
  }
  return count;
}

/** Whole numbers, which most are, without making a text of them. */
function numberOf(line: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = line[at] - ZERO;
    if (digit < 0 || digit > 9) return otherNumber(line.subarray(from, to));
    value = 10 * value + digit;
  }
  return from === to ? NaN : value;
}

function otherNumber(field: Uint8Array): number {
  const inner = field[0] === QUOTE && field.at(-1) === QUOTE ? field.subarray(1, -1) : field;
  const text = String.fromCharCode(...inner.subarray(0, 64)).trim();
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
}
