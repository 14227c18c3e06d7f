import { UserError } from '../../errors.js';

/** An image of 64 x 64 in colours as decimals with a sign and many digits takes less. */
const MOST_LINE_BYTES = 1 << 20;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const QUOTE = 0x22;
const COMMA = 0x2c;
const ZERO = 0x30;
const EMPTY = new Uint8Array();

/** Encodings by how a file begins: a byte order mark, or without one a first character of ASCII in 16 bits. */
const ENCODINGS: readonly (readonly [
  name: string,
  isIt: (start: Uint8Array) => boolean,
  markBytes: number,
])[] = [
  ['utf-8', (start) => start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf, 3],
  ['utf-16le', (start) => start[0] === 0xff && start[1] === 0xfe, 2],
  ['utf-16be', (start) => start[0] === 0xfe && start[1] === 0xff, 2],
  ['utf-16le', ([a, b, c, d]) => a > 0 && b === 0 && c > 0 && d === 0, 0],
  ['utf-16be', ([a, b, c, d]) => a === 0 && b > 0 && c === 0 && d > 0, 0],
];

const ASCII = ['', () => true, 0] as const;

/** The same text in UTF-8 (or another encoding that has ASCII as it is), without a byte order mark. */
async function* inBytes(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let decoder: TextDecoder | undefined;
  let isFirst = true;
  const encoder = new TextEncoder();
  for await (const chunk of chunks) {
    const [name, , mark] = ENCODINGS.find(([, isIt]) => isFirst && isIt(chunk)) ?? ASCII;
    if (name.startsWith('utf-16')) decoder = new TextDecoder(name);
    isFirst = false;
    const bytes = chunk.subarray(mark);
    yield decoder === undefined ? bytes : encoder.encode(decoder.decode(bytes, { stream: true }));
  }
  if (decoder !== undefined) yield encoder.encode(decoder.decode());
}

/**
 * The lines of a text, as bytes that hold until the next one is asked for: memory stays small, however large the file or a line of it is.
 * A line ends as on Unix, on Windows, or with a return alone, as spreadsheets write for old Macs; also mixed.
 *
 * @param path for messages.
 * @throws UserError for a line that is longer than any image.
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = EMPTY;
  let number = 1;
  let isAfterReturn = false;
  for await (const chunk of inBytes(chunks)) {
    if (chunk.length === 0) continue;
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from: number = isAfterReturn && bytes[0] === NEWLINE ? 1 : 0;
    let newline = endAt(bytes, NEWLINE, from);
    let carriage = endAt(bytes, RETURN, from);
    for (let end = Math.min(newline, carriage); end < Infinity; end = Math.min(newline, carriage)) {
      yield bytes.subarray(from, end);
      number++;
      from = end === carriage && newline === end + 1 ? end + 2 : end + 1;
      if (newline < from) newline = endAt(bytes, NEWLINE, from);
      if (carriage < from) carriage = endAt(bytes, RETURN, from);
    }
    isAfterReturn = from === bytes.length && bytes[from - 1] === RETURN;
    // A copy: who gives the chunks may fill the same memory again.
    rest = bytes.slice(from);
    if (rest.length > MOST_LINE_BYTES)
      throw new UserError(
        `${path}: line ${number} is longer than ${MOST_LINE_BYTES} bytes; expected the pixels of an image`,
      );
  }
  if (rest.length > 0) yield rest;
}

function endAt(bytes: Uint8Array, end: number, from: number): number {
  const found = bytes.indexOf(end, from);
  return found < 0 ? Infinity : found;
}

/** Whether there is nothing in a line but what stands between fields, as spreadsheets leave rows that were emptied. */
export const isBlank = (line: Uint8Array): boolean =>
  line.every((byte) => BETWEEN_FIELDS.includes(byte));
const BETWEEN_FIELDS = [...' \t,;"'].map((character) => character.charCodeAt(0));

/** Where the field that begins at a place ends: at a delimiter that is not between its quotes, or with the line. */
function endOfField(line: Uint8Array, delimiter: number, from: number): number {
  const end = line.indexOf(delimiter, line[from] === QUOTE ? closingQuote(line, from) : from);
  return end < 0 ? line.length : end;
}

/** Where the quotes that open at a place close; two in a row stand for one in the field. */
function closingQuote(line: Uint8Array, from: number): number {
  let end = line.indexOf(QUOTE, from + 1);
  while (end >= 0 && line[end + 1] === QUOTE) end = line.indexOf(QUOTE, end + 2);
  return end < 0 ? line.length : end;
}

/** The fields of a line as texts, without quotes around them. */
export function fieldsOf(line: Uint8Array, delimiter: number): string[] {
  if (!line.includes(QUOTE))
    return textOf(line)
      .split(String.fromCharCode(delimiter))
      .map((field) => field.trim());
  const fields: string[] = [];
  for (let from = 0; from <= line.length;) {
    const end = endOfField(line, delimiter, from);
    fields.push(fieldText(line.subarray(from, end)));
    from = end + 1;
  }
  return fields;
}

/** The text of a field of a line, and the line with a zero in its place. */
export function takeField(
  line: Uint8Array,
  delimiter: number,
  column: number,
): { field: string; others: Uint8Array } {
  let from = 0;
  for (let k = 0; k < column && from <= line.length; k++)
    from = endOfField(line, delimiter, from) + 1;
  const end = endOfField(line, delimiter, from);
  const others = Buffer.concat([line.subarray(0, from), Buffer.from('0'), line.subarray(end)]);
  return { field: fieldText(line.subarray(from, end)), others };
}

const fieldText = (field: Uint8Array): string => {
  const text = textOf(field).trim();
  return text.length > 1 && text.startsWith('"') && text.endsWith('"')
    ? text.slice(1, -1).replaceAll('""', '"').trim()
    : text;
};

const utf8 = new TextDecoder('utf-8', { fatal: true });
const windows = new TextDecoder('windows-1252');

/** What is no UTF-8 is what spreadsheets on Windows write. */
function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return windows.decode(bytes);
  }
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
    if (at === from && line[at] === QUOTE) at = closingQuote(line, at);
    if (at < line.length && line[at] !== delimiter) continue;
    if (count < into.length) {
      const value = numberOf(line, from, Math.min(at, line.length), delimiter);
      if (Number.isNaN(value)) return -1 - count;
      into[count] = value;
    }
    count++;
    from = at + 1;
  }
  return count;
}

/** Whole numbers, which most are, without making a text of them. */
function numberOf(line: Uint8Array, from: number, to: number, delimiter: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = line[at] - ZERO;
    if (digit < 0 || digit > 9) return numberIn(fieldText(line.subarray(from, to)), delimiter);
    value = 10 * value + digit;
  }
  return from === to ? NaN : value;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const WITH_DECIMAL_COMMA = /^[+-]?\d*,\d+(e[+-]?\d+)?$/i;
/** Either a fraction or thousands, and nobody can tell. */
const AMBIGUOUS = /^[+-]?[1-9]\d{0,2}(,\d{3})+$/;

/** The number that a field is, with a decimal comma where commas do not separate fields; NaN where it is none. */
export function numberIn(field: string, delimiter: number): number {
  const hasComma = delimiter !== COMMA && WITH_DECIMAL_COMMA.test(field) && !AMBIGUOUS.test(field);
  const text = hasComma ? field.replace(',', '.') : field;
  return NUMBER.test(text) ? Number(text) : NaN;
}
