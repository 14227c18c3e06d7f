import {
  bytesOf,
  lanesLoop,
  loadNumber,
  operandPattern,
  readOf,
  type Fusion,
  type Read,
} from './elementwise-loop.js';
import { operandsOf, scalarOf, sizeOf, storageOf, type Value } from '../../graph/value.js';
import { brIf, loop, V128, when, type Code, type Local } from '../assembler.js';
import { i32 } from '../instructions.js';
import { isNumber, isWhole, operandIndex, splitInner } from './broadcast.js';
import { taskFunction, type Task } from './task.js';

/** Elements that a unit computes. */
const ELEMENTS_A_UNIT = 8192;
/** Ops on elements that are not worth a second thread. */
const SMALL_WORK = 8192;

/** The arrays that a fused loop reads. */
export function fusionOperands({ members }: Fusion): Value[] {
  const inside = new Set(members);
  const arrays = members
    .flatMap(operandsOf)
    .filter((operand) => scalarOf(operand) === undefined)
    .map(storageOf);
  return [...new Set(arrays)].filter((array) => !inside.has(array));
}

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
            each: [bounds, advance, loopCode(0, pointers, i32.sub(to.get, from.get))],
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

/** Equal for loops that differ only in their arrays. */
function signature({ members, results, flushed }: Fusion, arrays: readonly Value[]): string {
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
    const attributes = JSON.stringify(source.attributes, numberText);
    return `${member.dtype}${flushed.has(member) ? ' flushed' : ''} ${source.op}${attributes}(${operands.join()})`;
  });
  return `${sizeOf(results[0].shape)}: ${lines.join('; ')} -> ${results.map((x) => numbers.get(x)).join()}`;
}

/** JSON has no infinities; shapes and repeats are in the patterns. */
const numberText = (key: string, x: unknown): unknown => {
  if (key === 'shape' || key === 'repeats') return undefined;
  return typeof x === 'number' ? String(x) : x;
};

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
