/**
 * A WebAssembly module, byte by byte: https://webassembly.github.io/spec/core/binary/modules.html
 * Only what fused kernels need: functions of i32 parameters without results, over one imported memory.
 */

const SECTION = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;
export const I32 = 0x7f;
export const V128 = 0x7b;

/** A function to be: its i32 parameters, its further locals, and its body without the final `end`. */
export interface WasmFunction {
  readonly name: string;
  readonly parameters: number;
  readonly i32Locals: number;
  readonly v128Locals: number;
  readonly body: readonly number[];
}

/** An unsigned integer in LEB128. */
export function unsigned(x: number): number[] {
  const bytes: number[] = [];
  do {
    const low = x & 0x7f;
    x >>>= 7;
    bytes.push(x === 0 ? low : low | 0x80);
  } while (x !== 0);
  return bytes;
}

const vector = (items: readonly (readonly number[])[]): number[] => [
  ...unsigned(items.length),
  ...items.flat(),
];
const name = (text: string): number[] =>
  vector([...new TextEncoder().encode(text)].map((byte) => [byte]));
const section = (id: number, content: readonly number[]): number[] => [
  id,
  ...unsigned(content.length),
  ...content,
];

/** The module's bytes. It imports `env.memory` and exports each function by its name. */
export function encodeModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters }) => [
    0x60,
    ...vector(Array(parameters).fill([I32])),
    0,
  ]);
  const memory = [...name('env'), ...name('memory'), 0x02, 0x00, ...unsigned(1)];
  const codes = functions.map(({ i32Locals, v128Locals, body }) => {
    const locals = vector([
      [...unsigned(i32Locals), I32],
      [...unsigned(v128Locals), V128],
    ]);
    const code = [...locals, ...body, 0x0b];
    return [...unsigned(code.length), ...code];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(SECTION.type, vector(types)),
    ...section(SECTION.import, vector([memory])),
    ...section(SECTION.function, vector(functions.map((_, k) => unsigned(k)))),
    ...section(
      SECTION.export,
      vector(functions.map((f, k) => [...name(f.name), 0x00, ...unsigned(k)])),
    ),
    ...section(SECTION.code, vector(codes)),
  ]);
}
