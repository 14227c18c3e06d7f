import {
  bytesPerElement,
  isNode,
  operandsOf,
  scalarOf,
  type DType,
  storageOf,
  type Value,
} from '../../graph/value.js';
import { brIf, loop, when, type Code, type Local } from '../assembler.js';
import { broadcastPattern, tilePattern, type Pattern } from './axes.js';
import { laneCode, splatConstant } from './elementwise-ops.js';
import { i32, i32x4, v128 } from '../instructions.js';
import { keeper } from './keep.js';
import type { TaskContext } from './task.js';

/** Element-wise ops on results of one length, computed in one loop, four elements a turn. */
export interface Loop {
  /** Every op's value, operands before what is computed from them. */
  readonly members: readonly Value[];
  /** Those that others need, which are written. */
  readonly results: readonly Value[];
  /** Those of which denormal numbers become 0. */
  readonly flushed: ReadonlySet<Value>;
}

/** How an op reads an operand over its own elements. */
export function operandPattern(value: Value, operand: Value): Pattern {
  return isNode(value, 'Tile')
    ? tilePattern(operand.shape, value.source.attributes.repeats)
    : broadcastPattern(value.shape, operand.shape);
}

/** An array that the loop reads. */
export interface Read {
  readonly array: Value;
  readonly pattern: Pattern;
  readonly key: string;
}

function readOf(value: Value, operand: Value): Read {
  const array = storageOf(operand);
  const pattern = operandPattern(value, operand);
  return { array, pattern, key: `${array.id} ${JSON.stringify(pattern)}` };
}

/** The arrays that an op reads; single constants are in the code. */
export const readsOf = (value: Value): Read[] =>
  operandsOf(value)
    .filter((operand) => scalarOf(operand) === undefined)
    .map((operand) => readOf(value, operand));

/** What is read of arrays that the loop does not compute itself, each once. */
export function readsOfLoop({ members }: Loop): Read[] {
  const inside = new Set(members);
  const reads = members.flatMap(readsOf).filter(({ array }) => !inside.has(array));
  return [...new Map(reads.map((read) => [read.key, read])).values()];
}

/** The key of an array that the loop writes. */
export const resultKey = ({ id }: Value): string => `result ${id}`;

const isByte = (dtype: DType): boolean => bytesPerElement(dtype) === 1;

/** Where the arrays of a loop are, and over how many elements it goes. */
export interface LoopArrays {
  /** Those that are one number through the whole loop, by their keys. */
  readonly numbers: ReadonlyMap<string, Local>;
  /** Where the others begin. */
  readonly pointers: ReadonlyMap<string, Local>;
  /** Elements that the last turn has, where nothing may be written after them; 0 where it may. */
  readonly tail: number;
  readonly length: Code;
}

/** From the pointers on, four elements a turn. */
export function lanesTurns(
  { local }: TaskContext,
  given: Loop,
  { numbers, pointers, tail, length }: LoopArrays,
): Code {
  const { members, results, flushed } = given;
  const [at, end, byteAt] = [local(), local(), local()];
  const inside = new Set(members);
  const arrays = [...results, ...readsOfLoop(given).map(({ array }) => array)];
  const usesBytes = arrays.some(({ dtype }) => isByte(dtype));
  const address = (key: string, { dtype }: Value): readonly Code[] =>
    i32.add(pointers.get(key)!.get, (isByte(dtype) ? byteAt : at).get);
  const turn = (width: number): Code => {
    const code: Code[] = usesBytes ? [byteAt.set(i32.shiftRight(at.get, 2))] : [];
    const keep = keeper(local, code);
    const known = new Map<Value | string, readonly Code[]>();
    const operandCode = (value: Value, operand: Value): readonly Code[] => {
      const constant = scalarOf(operand);
      if (constant !== undefined) return splatConstant(constant, operand.dtype);
      const array = storageOf(operand);
      if (inside.has(array)) return known.get(array)!;
      const { key } = readOf(value, operand);
      const lanes =
        numbers.get(key)?.get ??
        known.get(key) ??
        keep(loadLanes(array.dtype, address(key, array)));
      known.set(key, lanes);
      return lanes;
    };
    for (const member of members) {
      const operands = operandsOf(member).map((operand) => operandCode(member, operand));
      const lanes = keep(laneCode(member, operands, keep));
      known.set(member, flushed.has(member) ? keep(flushDenormals(lanes)) : lanes);
    }
    for (const result of results)
      code.push(
        storeLanes(result.dtype, address(resultKey(result), result), known.get(result)!, width),
      );
    return code;
  };
  const whole = loop(turn(4), brIf(0, i32.lessUnsigned(at.tee(i32.add(at.get, 16)), end.get)));
  return [
    at.set(0),
    end.set(i32.mul(i32.sub([length], tail), 4)),
    tail === 0 ? whole : [when(end.get, whole), turn(tail)],
  ];
}

/**
 * Float32 lanes with 0 for numbers nearer to 0 than 2^-126: what decays towards 0, as the moments of a gradient that has
 * become 0, would stay among them for thousands of steps, and each operation on them takes a hundred times as long.
 */
function flushDenormals(x: readonly Code[]): readonly Code[] {
  const magnitude = v128.and(x, i32x4.splat(0x7fffffff));
  return v128.and(x, i32x4.greater(magnitude, i32x4.splat(0x007fffff)));
}

function loadLanes(dtype: DType, address: readonly Code[]): readonly Code[] {
  if (!isByte(dtype)) return v128.load(address);
  return asMask(v128.widen(v128.loadFirst(address)));
}

/** An array's only number, or the one at an address, in all lanes. */
export function loadNumber(dtype: DType, { get }: Local): readonly Code[] {
  return isByte(dtype) ? asMask(v128.loadSplat8(get)) : v128.loadSplat(get);
}

const asMask = (x: readonly Code[]): readonly Code[] => i32x4.ne(x, v128.zero);

function storeLanes(
  dtype: DType,
  address: readonly Code[],
  x: readonly Code[],
  width: number,
): Code {
  if (!isByte(dtype)) return v128.storeLanes(address, x, width);
  const bytes = v128.narrow(v128.and(x, i32x4.splat(1)));
  if (width === 4) return v128.storeLane(address, bytes, 0);
  return Array.from({ length: width }, (_, lane) => v128.storeLane8(address, bytes, lane, lane));
}
