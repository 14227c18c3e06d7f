import { operandsOf, scalarOf, sizeOf, isNode, type DType, type Value } from '../value.js';
import { brIf, i32, i32x4, loop, V128, v128, when, type Code, type Local } from './assembler.js';
import {
  broadcastPattern,
  isNumber,
  isWhole,
  operandIndex,
  splitInner,
  tilePattern,
  type Pattern,
} from './broadcast.js';
import { laneCode, splatConstant } from './elementwise-ops.js';
import { storageOf } from './storage.js';
import { taskFunction, type Task, type TaskContext } from './task.js';

/** Element-wise ops on results of one length, computed in one loop, four elements a turn. */
export interface Fusion {
  /** Every op's value, operands before what is computed from them. */
  readonly members: readonly Value[];
  /** Those that others need, which are written. */
  readonly results: readonly Value[];
}

/** Elements that a unit computes. */
const ELEMENTS_A_UNIT = 8192;
/** Ops on elements that are not worth a second thread. */
const SMALL_WORK = 8192;

/** How an op reads an operand over its own elements. */
export function operandPattern(value: Value, operand: Value): Pattern {
  return isNode(value, 'Tile')
    ? tilePattern(operand.shape, value.source.attributes.repeats)
    : broadcastPattern(value.shape, operand.shape);
}

/** An array that the loop reads. */
interface Read {
  readonly array: Value;
  readonly pattern: Pattern;
  readonly key: string;
}

function readOf(value: Value, operand: Value): Read {
  const array = storageOf(operand);
  const pattern = operandPattern(value, operand);
  return { array, pattern, key: `${array.id} ${JSON.stringify(pattern)}` };
}

/** The arrays that a fused loop reads. */
export function fusionOperands({ members }: Fusion): Value[] {
  const inside = new Set(members);
  const arrays = members
    .flatMap(operandsOf)
    .filter((operand) => scalarOf(operand) === undefined)
    .map(storageOf);
  return [...new Set(arrays)].filter((array) => !inside.has(array));
}

const isByte = (dtype: DType): boolean => dtype === 'bool' || dtype === 'uint8';
const bytesOf = (dtype: DType): number => (isByte(dtype) ? 1 : 4);

/** The loop as a task on the arrays of {@link fusionOperands}, then the results. */
export function elementwiseTask(fusion: Fusion): Task {
  const { members, results } = fusion;
  const arrays = [...fusionOperands(fusion), ...results];
  const size = sizeOf(results[0].shape);
  const inside = new Set(members);
  const reads = new Map<string, Read>();
  for (const member of members)
    for (const operand of operandsOf(member)) {
      if (scalarOf(operand) !== undefined || inside.has(storageOf(operand))) continue;
      const read = readOf(member, operand);
      reads.set(read.key, read);
    }
  const all = [...reads.values()];
  const spread = all.filter(({ pattern }) => !isWhole(pattern) && !isNumber(pattern));
  const inner = spread.reduce((e, { pattern }) => gcd(e, pattern[pattern.length - 1].extent), 0);
  const rows = inner === 0 ? 1 : size / inner;
  const perUnit = inner === 0 ? ELEMENTS_A_UNIT : Math.max(1, Math.floor(ELEMENTS_A_UNIT / inner));
  const total = inner === 0 ? size : rows;
  const units = size * members.length <= SMALL_WORK ? 1 : Math.ceil(total / perUnit);
  const task = { arrays: arrays.length, units };
  const share = units === 1 ? total : perUnit;
  return {
    ...task,
    scratch: 0,
    signature: signature(fusion, arrays),
    function: (name) =>
      taskFunction(name, task, (context) => {
        const { local, addresses, unit } = context;
        const [from, to] = [local(), local()];
        const once: Code[] = [];
        const numbers = new Map<string, Local>();
        const place = (array: Value): Local => addresses[arrays.indexOf(array)];
        for (const { array, pattern, key } of all) {
          // An array of one element that is the whole result is read like any other.
          if (!isNumber(pattern) || isWhole(pattern)) continue;
          const x = local(V128);
          numbers.set(key, x);
          once.push(x.set(loadNumber(array.dtype, place(array))));
        }
        const bounds: Code = [
          from.set(i32.mul(unit.get, share)),
          to.set(i32.add(from.get, share)),
          when(i32.lessUnsigned(total, to.get), to.set(total)),
        ];
        const loopCode = (tail: number, pointers: ReadonlyMap<string, Local>, length: Code): Code =>
          lanesLoop(context, fusion, { reads, numbers, pointers, tail, length });
        if (inner === 0) {
          // Arrays have room up to a multiple of 16 bytes: the last turn may go beyond the last element.
          const pointers = new Map<string, Local>();
          const advance: Code[] = [];
          const point = (key: string, array: Value): void => {
            const pointer = local();
            pointers.set(key, pointer);
            advance.push(
              pointer.set(i32.add(place(array).get, i32.mul(from.get, bytesOf(array.dtype)))),
            );
          };
          for (const { key, array } of all) if (!numbers.has(key)) point(key, array);
          for (const result of results) point(`result ${result.id}`, result);
          return {
            once,
            each: [bounds, advance, loopCode(0, pointers, i32.sub(to.get, from.get) as Code)],
          };
        }
        const row = local();
        const pointers = new Map<string, Local>();
        const atRow: Code[] = [];
        for (const { key, array, pattern } of all) {
          if (numbers.has(key)) continue;
          const pointer = local();
          const bytes = bytesOf(array.dtype);
          if (isWhole(pattern)) {
            atRow.push(pointer.set(i32.add(place(array).get, i32.mul(row.get, inner * bytes))));
            pointers.set(key, pointer);
            continue;
          }
          const { outer, kept } = splitInner(pattern, inner);
          const index = operandIndex(outer, row.get);
          const address = i32.add(place(array).get, i32.mul(index, bytes * (kept ? inner : 1)));
          if (kept) {
            atRow.push(pointer.set(address));
            pointers.set(key, pointer);
          } else {
            const x = local(V128);
            numbers.set(key, x);
            atRow.push(pointer.set(address), x.set(loadNumber(array.dtype, pointer)));
          }
        }
        for (const result of results) {
          const pointer = local();
          pointers.set(`result ${result.id}`, pointer);
          atRow.push(
            pointer.set(
              i32.add(place(result).get, i32.mul(row.get, inner * bytesOf(result.dtype))),
            ),
          );
        }
        return {
          once,
          each: [
            bounds,
            row.set(from.get),
            loop(
              atRow,
              loopCode(inner % 4, pointers, i32.const(inner)),
              brIf(0, i32.lessUnsigned(row.tee(i32.add(row.get, 1)), to.get)),
            ),
          ],
        };
      }),
  };
}

interface Loop {
  readonly reads: ReadonlyMap<string, Read>;
  /** Reads that are one number through the whole loop. */
  readonly numbers: ReadonlyMap<string, Local>;
  /** Where the other arrays start, and the results under `result <id>`. */
  readonly pointers: ReadonlyMap<string, Local>;
  /** Elements that the last turn has, where nothing may be written after them; 0 where it may. */
  readonly tail: number;
  readonly length: Code;
}

/** From the pointers on, four elements a turn. */
function lanesLoop({ local }: TaskContext, { members, results }: Fusion, given: Loop): Code {
  const { reads, numbers, pointers, tail } = given;
  const [at, end, byteAt] = [local(), local(), local()];
  const offset = (dtype: DType): readonly Code[] => (isByte(dtype) ? byteAt.get : at.get);
  const usesBytes =
    results.some(({ dtype }) => isByte(dtype)) ||
    [...reads.values()].some(({ array }) => isByte(array.dtype));
  const turn = (width: number): Code => {
    const code: Code[] = [];
    const known = new Map<Value | string, readonly Code[]>();
    const keep = (x: number | readonly Code[]): readonly Code[] => {
      const kept = local(V128);
      code.push(kept.set(x));
      return kept.get;
    };
    const inside = new Set(members);
    const operandCode = (value: Value, operand: Value): readonly Code[] => {
      const constant = scalarOf(operand);
      if (constant !== undefined) return splatConstant(constant, operand.dtype);
      const array = storageOf(operand);
      if (inside.has(array)) return known.get(array)!;
      const { key } = readOf(value, operand);
      const single = numbers.get(key);
      if (single !== undefined) return single.get;
      let lanes = known.get(key);
      if (lanes === undefined) {
        const address = i32.add(pointers.get(key)!.get, offset(array.dtype));
        known.set(key, (lanes = keep(loadLanes(array.dtype, address))));
      }
      return lanes;
    };
    for (const member of members) {
      const operands = operandsOf(member).map((operand) => operandCode(member, operand));
      known.set(member, keep(laneCode(member, operands, keep)));
    }
    for (const result of results) {
      const address = i32.add(pointers.get(`result ${result.id}`)!.get, offset(result.dtype));
      code.push(storeLanes(result.dtype, address, known.get(result)!, width));
    }
    return [usesBytes ? byteAt.set(i32.shiftRight(at.get, 2)) : [], code];
  };
  const whole: Code = [
    loop(turn(4), brIf(0, i32.lessUnsigned(at.tee(i32.add(at.get, 16)), end.get))),
  ];
  return [
    at.set(0),
    end.set(i32.mul(i32.sub([given.length], tail), 4)),
    tail === 0 ? whole : when(end.get, whole),
    tail === 0 ? [] : turn(tail),
  ];
}

function loadLanes(dtype: DType, address: readonly Code[]): readonly Code[] {
  if (!isByte(dtype)) return v128.load(address);
  return asMask(dtype, v128.widen(v128.loadFirst(address)));
}

function loadNumber(dtype: DType, { get }: Local): readonly Code[] {
  if (!isByte(dtype)) return v128.loadSplat(get);
  return asMask(dtype, v128.and(v128.loadSplat8(get), i32x4.splat(255)));
}

const asMask = (dtype: DType, x: readonly Code[]): readonly Code[] =>
  dtype === 'bool' ? i32x4.ne(x, v128.zero) : x;

function storeLanes(
  dtype: DType,
  address: readonly Code[],
  x: readonly Code[],
  width: number,
): Code {
  if (!isByte(dtype)) {
    if (width === 4) return v128.store(address, x);
    return Array.from({ length: width }, (_, lane) => v128.storeLane(address, x, lane, 4 * lane));
  }
  const bytes = v128.narrow(dtype === 'bool' ? v128.and(x, i32x4.splat(1)) : x);
  if (width === 4) return v128.storeLane(address, bytes, 0);
  return Array.from({ length: width }, (_, lane) => v128.storeLane8(address, bytes, lane, lane));
}

/** Equal for loops that differ only in their arrays. */
function signature({ members, results }: Fusion, arrays: readonly Value[]): string {
  const numbers = new Map<Value, number>(members.map((member, k) => [member, k]));
  const operandText = (value: Value, operand: Value): string => {
    const constant = scalarOf(operand);
    if (constant !== undefined)
      return `${operand.dtype} ${Object.is(constant, -0) ? '-0' : constant}`;
    const array = storageOf(operand);
    const member = numbers.get(array);
    if (member !== undefined) return `%${member}`;
    const pattern = JSON.stringify(operandPattern(value, operand).map((x) => [x.extent, x.kept]));
    return `array ${arrays.indexOf(array)} ${array.dtype} ${pattern}`;
  };
  const lines = members.map((member) => {
    const { source } = member;
    if (source.kind !== 'node') return '';
    const operands = source.operands.map((operand) => operandText(member, operand));
    const { shape: _, repeats: __, ...attributes } = source.attributes;
    return `${member.dtype} ${source.op}${JSON.stringify(attributes, numberText)}(${operands.join()})`;
  });
  return `${sizeOf(results[0].shape)}: ${lines.join('; ')} -> ${results.map((x) => numbers.get(x)).join()}`;
}

/** JSON has no infinities. */
const numberText = (_: string, x: unknown): unknown => (typeof x === 'number' ? String(x) : x);

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
