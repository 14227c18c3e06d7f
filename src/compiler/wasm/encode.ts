import { flatten, I32, signed, unsigned, type ValueType, type WasmFunction } from './assembler.js';

/** A WebAssembly module, byte by byte: https://webassembly.github.io/spec/core/binary/modules.html */
const SECTION = {
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  export: 7,
  element: 9,
  code: 10,
} as const;

const vector = (items: readonly (readonly number[])[]): number[] => {
  const bytes = unsigned(items.length);
  for (const item of items) for (const byte of item) bytes.push(byte);
  return bytes;
};
const name = (text: string): number[] =>
  vector([...new TextEncoder().encode(text)].map((byte) => [byte]));
const section = (id: number, content: readonly number[]): (readonly number[])[] => [
  [id, ...unsigned(content.length)],
  content,
];

/**
 * The module's bytes. It imports `env.memory` and exports each function by its name.
 *
 * The functions are in a table, in their order, for `callIndirect`. A function's type is the number of its parameters.
 *
 * @param memory how many pages it has, and whether threads share it.
 */
export function encodeModule(
  functions: readonly WasmFunction[],
  { pages, shared }: { readonly pages: number; readonly shared: boolean },
): Uint8Array<ArrayBuffer> {
  const types = Array.from(
    { length: Math.max(0, ...functions.map(({ parameters }) => parameters + 1)) },
    (_, parameters) => [0x60, ...vector(Array<number[]>(parameters).fill([I32])), 0],
  );
  const limits = [shared ? 0x03 : 0x01, ...unsigned(pages), ...unsigned(pages)];
  const codes = functions.map(({ locals, body }) => {
    const code = vector(runsOf(locals).map(({ type, length }) => [...unsigned(length), type]));
    flatten(body, code);
    code.push(0x0b);
    return [...unsigned(code.length), ...code];
  });
  const all = functions.map((_, k) => unsigned(k));
  const parts = [
    [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(SECTION.type, vector(types)),
    ...section(SECTION.import, vector([[...name('env'), ...name('memory'), 0x02, ...limits]])),
    ...section(SECTION.function, vector(functions.map((f) => unsigned(f.parameters)))),
    ...section(SECTION.table, vector([[0x70, 0x00, ...unsigned(functions.length)]])),
    ...section(
      SECTION.export,
      vector(functions.map((f, k) => [...name(f.name), 0x00, ...unsigned(k)])),
    ),
    ...section(SECTION.element, vector([[0x00, 0x41, ...signed(0), 0x0b, ...vector(all)]])),
    ...section(SECTION.code, vector(codes)),
  ];
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Locals of one type that follow one another are declared together. */
function runsOf(locals: readonly ValueType[]): { type: ValueType; length: number }[] {
  const runs: { type: ValueType; length: number }[] = [];
  for (const type of locals) {
    const last = runs.at(-1);
    if (last?.type === type) last.length++;
    else runs.push({ type, length: 1 });
  }
  return runs;
}
