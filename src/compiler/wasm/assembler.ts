/**
 * Code of WebAssembly as nested lists of bytes: https://webassembly.github.io/spec/core/binary/instructions.html
 * Here is what holds it together: constants, control, locals, functions. What computes is in instructions.ts.
 */

export const I32 = 0x7f;
export const F64 = 0x7c;
export const V128 = 0x7b;
export type ValueType = typeof I32 | typeof F64 | typeof V128;

export type Code = number | readonly Code[];
/** An operand on the stack: code that leaves it there, or an i32 constant. */
export type Operand = number | readonly Code[];

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

/** A signed 32-bit integer in LEB128. */
export function signed(x: number): number[] {
  const bytes: number[] = [];
  for (;;) {
    const low = x & 0x7f;
    x >>= 7;
    if ((x === 0 && (low & 0x40) === 0) || (x === -1 && (low & 0x40) !== 0)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

/** The bytes of nested code. */
export function flatten(code: Code, into: number[] = []): number[] {
  if (typeof code === 'number') into.push(code);
  else for (const part of code) flatten(part, into);
  return into;
}

/** Code that leaves the operand on the stack. */
export const operand = (x: Operand): readonly Code[] =>
  typeof x === 'number' ? [0x41, signed(x)] : x;
export const drop = (x: Operand): readonly Code[] => [x, 0x1a];
export const loop = (...body: Code[]): readonly Code[] => [0x03, 0x40, body, 0x0b];
export const block = (...body: Code[]): readonly Code[] => [0x02, 0x40, body, 0x0b];
export const br = (depth: number): readonly Code[] => [0x0c, depth];
export const brIf = (depth: number, x: Operand): readonly Code[] => [x, 0x0d, depth];
/** Ends the run with a WebAssembly.RuntimeError. */
export const unreachable: Code = [0x00];
export const returnNow: readonly Code[] = [0x0f];
export const when = (x: Operand, then: Code, otherwise?: Code): readonly Code[] => [
  x,
  0x04,
  0x40,
  then,
  otherwise === undefined ? [] : [0x05, otherwise],
  0x0b,
];
export const call = (index: number, ...operands: Operand[]): readonly Code[] => [
  operands.map(operand),
  0x10,
  unsigned(index),
];
/** Calls a function of the type out of the table. */
export const callIndirect = (
  type: number,
  which: Operand,
  ...operands: Operand[]
): readonly Code[] => [operands.map(operand), operand(which), 0x11, unsigned(type), 0x00];
/** Both in bytes; the areas do not overlap. */
export const copyBytes = (to: Operand, from: Operand, bytes: Operand): readonly Code[] => [
  [to, from, bytes].map(operand),
  0xfc,
  0x0a,
  0,
  0,
];
export const zeroBytes = (at: Operand, bytes: Operand): readonly Code[] => [
  [at, 0, bytes].map(operand),
  0xfc,
  0x0b,
  0,
];

/** A local variable or parameter. */
export interface Local {
  readonly get: readonly Code[];
  set(x: Operand): readonly Code[];
  /** Sets it and leaves the value. */
  tee(x: Operand): readonly Code[];
}

/** A function: its parameters are i32, it has no results. */
export interface WasmFunction {
  readonly name: string;
  readonly parameters: number;
  readonly locals: readonly ValueType[];
  /** Without the final `end`. */
  readonly body: Code;
}

/** Makes a function. `build` gets what makes locals, and the parameters. */
export function wasmFunction(
  name: string,
  parameters: number,
  build: (local: (type?: ValueType) => Local, ...parameters: Local[]) => Code,
): WasmFunction {
  const locals: ValueType[] = [];
  const handle = (k: number): Local => ({
    get: [0x20, unsigned(k)],
    set: (x) => [operand(x), 0x21, unsigned(k)],
    tee: (x) => [operand(x), 0x22, unsigned(k)],
  });
  const local = (type: ValueType = I32): Local => {
    locals.push(type);
    return handle(parameters + locals.length - 1);
  };
  const body = build(local, ...Array.from({ length: parameters }, (_, k) => handle(k)));
  return { name, parameters, locals, body };
}
