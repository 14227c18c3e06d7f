import type { OpName } from '../graph/op-attributes.js';
import { isNode, scalarOf, sizeOf, type Value } from '../graph/value.js';
import { I32, signed, unsigned, V128, type WasmFunction } from './assembler.js';

/**
 * One loop over arrays of the same length that computes several values element by element: what would be an op, and
 * a pass over memory, each. Four float32 a turn, in SIMD.
 */
export interface FusedKernel {
  /** Arrays and single numbers that are read; the arrays have the length of the results. */
  readonly operands: readonly Value[];
  /** The values that are written. */
  readonly results: readonly Value[];
}

// Instructions: https://webassembly.github.io/spec/core/binary/instructions.html
const simd = (code: number): number[] => [0xfd, ...unsigned(code)];
const LOAD = [...simd(0), 4, 0];
const LOAD_SPLAT = [...simd(9), 2, 0];
const STORE = [...simd(11), 4, 0];
const SPLAT = simd(19);
const BITSELECT = simd(82);
const localGet = (k: number): number[] => [0x20, ...unsigned(k)];
const localSet = (k: number): number[] => [0x21, ...unsigned(k)];
const I32_ADD = 0x6a;
const I32_LT_U = 0x49;
const i32Const = (x: number): number[] => [0x41, ...signed(x)];
const f32Splat = (x: number): number[] => [
  0x43,
  ...new Uint8Array(Float32Array.of(x).buffer),
  ...SPLAT,
];

/** Ops whose code is their operands' and one instruction. */
const DIRECT: Partial<Record<OpName, number>> = {
  Abs: 224,
  Add: 228,
  And: 78,
  Ceil: 103,
  Div: 231,
  Equal: 65,
  Floor: 104,
  Greater: 68,
  GreaterOrEqual: 70,
  Less: 67,
  LessOrEqual: 69,
  Max: 233,
  Min: 232,
  Mul: 230,
  Neg: 225,
  Not: 77,
  Or: 80,
  Sqrt: 227,
  Sub: 229,
};

/**
 * Whether a fused kernel can compute the value: an element-wise op on float32 arrays of its own length and single
 * numbers, or on masks that the kernel computes too (all bits of an element set or none, unlike a bool in memory).
 */
export function isFusable(value: Value): boolean {
  const { source, dtype, shape } = value;
  if (source.kind !== 'node' || (dtype !== 'float32' && dtype !== 'bool')) return false;
  if (!(source.op in DIRECT) && !isNode(value, 'Where', 'Relu', 'LeakyRelu')) return false;
  const takesMask = (k: number): boolean =>
    isNode(value, 'And', 'Or', 'Not') || (isNode(value, 'Where') && (k === 0 || dtype === 'bool'));
  return source.operands.every((x, k) => {
    const length = sizeOf(x.shape);
    if (length !== 1 && (length !== sizeOf(shape) || x.source.kind === 'constant')) return false;
    return takesMask(k) ? x.dtype === 'bool' && isFusable(x) : x.dtype === 'float32';
  });
}

/**
 * The kernel as a function of byte addresses, of the operands, then of the results, and of the byte length of a result.
 * Arrays are read and written up to a multiple of 16 bytes. A result may stand where an operand of its length was.
 */
export function kernelFunction(name: string, { operands, results }: FusedKernel): WasmFunction {
  const length = sizeOf(results[0].shape);
  const pointers = new Map([...operands, ...results].map((value, k) => [value, k] as const));
  const parameters = operands.length + results.length + 1;
  const end = parameters - 1;
  const index = parameters;
  const locals = new Map<Value, number>();
  const once: number[] = [];
  const each: number[] = [];
  const isScalar = (value: Value): boolean => sizeOf(value.shape) === 1 && length !== 1;
  const local = (value: Value): number[] => {
    const constant = scalarOf(value);
    if (constant !== undefined) return f32Splat(constant);
    const known = locals.get(value);
    if (known !== undefined) return localGet(known);
    const code = isScalar(value) ? once : each;
    const made = load(value) ?? compute(value);
    const at = index + 1 + locals.size;
    locals.set(value, at);
    code.push(...made, ...localSet(at));
    return localGet(at);
  };
  const load = (value: Value): number[] | undefined => {
    if (!operands.includes(value)) return undefined;
    const pointer = localGet(pointers.get(value)!);
    return isScalar(value)
      ? [...pointer, ...LOAD_SPLAT]
      : [...pointer, ...localGet(index), I32_ADD, ...LOAD];
  };
  const compute = (value: Value): number[] => {
    if (value.source.kind !== 'node')
      throw new Error(`compiler bug: a fused kernel lacks an operand (value ${value.id})`);
    const operandCode = value.source.operands.map(local);
    if (isNode(value, 'Where')) {
      const [condition, whenTrue, whenFalse] = operandCode;
      return [...whenTrue, ...whenFalse, ...condition, ...BITSELECT];
    }
    if (isNode(value, 'Relu')) return [...operandCode[0], ...f32Splat(0), ...simd(DIRECT.Max!)];
    if (isNode(value, 'LeakyRelu')) {
      const scaled = [
        ...operandCode[0],
        ...f32Splat(value.source.attributes.alpha),
        ...simd(DIRECT.Mul!),
      ];
      return [
        ...operandCode[0],
        ...scaled,
        ...operandCode[0],
        ...f32Splat(0),
        ...simd(DIRECT.Greater!),
        ...BITSELECT,
      ];
    }
    return [...operandCode.flat(), ...simd(DIRECT[value.source.op]!)];
  };

  // All results are computed before any is written: a result may overwrite an operand that another one reads.
  const computed = results.map((result) => [result, local(result)] as const);
  for (const [result, code] of computed) {
    each.push(...localGet(pointers.get(result)!), ...localGet(index), I32_ADD, ...code, ...STORE);
  }
  const advance = [...localGet(index), ...i32Const(16), I32_ADD, ...localSet(index)];
  const again = [...localGet(index), ...localGet(end), I32_LT_U, 0x0d, 0x00];
  const body = [...once, 0x03, 0x40, ...each, ...advance, ...again, 0x0b];
  return {
    name,
    parameters,
    locals: [I32, ...Array<typeof V128>(locals.size).fill(V128)],
    body,
  };
}

/** Equal for kernels that differ only in their arrays: they share one function. */
export function kernelSignature({ operands, results }: FusedKernel): string {
  const length = sizeOf(results[0].shape);
  const numbers = new Map<Value, number>();
  const text = (value: Value): string => {
    const constant = scalarOf(value);
    if (constant !== undefined) return Object.is(constant, -0) ? '-0' : String(constant);
    const known = numbers.get(value);
    if (known !== undefined) return `%${known}`;
    numbers.set(value, numbers.size);
    const operand = operands.indexOf(value);
    const kind = sizeOf(value.shape) === 1 && length !== 1 ? 'scalar' : 'array';
    if (operand >= 0) return `${kind} ${operand}`;
    const { source } = value;
    return source.kind === 'node'
      ? `${source.op}${JSON.stringify(source.attributes)}(${source.operands.map(text).join(',')})`
      : source.kind;
  };
  return `${length === 1 ? 'one' : 'many'}:${results.map(text).join(';')}`;
}
