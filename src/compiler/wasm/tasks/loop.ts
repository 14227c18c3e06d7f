import { attributesKey } from '../../graph/keys.js';
import {
  bytesPerElement,
  isNode,
  scalarOf,
  sizeOf,
  storageOf,
  type Value,
} from '../../graph/value.js';
import { brIf, loop, V128, type Code, type Local } from '../assembler.js';
import { i32 } from '../instructions.js';
import { lanesTurns, loadNumber, operandPattern, readsOf, type Loop, type Read } from './lanes.js';
import { isNumber, isWhole, operandIndex, rowOf, splitInner } from './pattern.js';
import { taskFunction, unitRange, type Task, type TaskContext } from './task.js';

/** Elements that a unit computes. */
const ELEMENTS_A_UNIT = 8192;
/** Ops on elements that are not worth a second thread. */
const SMALL_WORK = 8192;

/** The arrays that a loop reads. */
export function loopOperands({ members }: Loop): Value[] {
  const arrays = new Set(members.flatMap(readsOf).map(({ array }) => array));
  for (const member of members) arrays.delete(member);
  return [...arrays];
}

/** A loop with what its code is made from. */
interface Plan extends Loop {
  /** Operands, then results. */
  readonly arrays: readonly Value[];
  readonly reads: readonly Read[];
  /** Elements of a row, within which each operand's elements lie together or are one; 0 where operands are whole or numbers. */
  readonly inner: number;
  /** Rows, or elements where there are none, and how many of them are a unit. */
  readonly total: number;
  readonly perUnit: number;
}

function planOf(given: Loop): Plan {
  const { members, results } = given;
  const inside = new Set<Value>(members);
  const outer = members.flatMap(readsOf).filter(({ array }) => !inside.has(array));
  const reads = [...new Map(outer.map((read) => [read.key, read])).values()];
  const inner = rowOf(reads.map(({ pattern }) => pattern));
  const size = sizeOf(results[0].shape);
  const total = inner === 0 ? size : size / inner;
  const few = Math.max(1, Math.floor(ELEMENTS_A_UNIT / Math.max(1, inner)));
  const perUnit = size * members.length <= SMALL_WORK ? total : Math.min(total, few);
  const arrays = [...loopOperands(given), ...results];
  return { ...given, arrays, reads, inner, total, perUnit };
}

/** The loop as a task on the arrays of {@link loopOperands}, then the results. */
export function loopTask(given: Loop): Task {
  const plan = planOf(given);
  const task = { arrays: plan.arrays.length, units: Math.ceil(plan.total / plan.perUnit) };
  return {
    ...task,
    scratch: 0,
    signature: signature(plan),
    function: (name) => taskFunction(name, task, (context) => unitCode(plan, context)),
  };
}

/** A unit's code: its elements in one go, or its rows, each from where its operands begin. */
function unitCode(plan: Plan, context: TaskContext): { once: Code; each: Code } {
  const { inner, total, perUnit, arrays, reads } = plan;
  const { from, to, bounds } = unitRange(context, total, perUnit);
  const place = (array: Value): Local => context.addresses[arrays.indexOf(array)];
  const numbers = new Map<string, Local>();
  const once: Code[] = [];
  for (const { array, pattern, key } of reads) {
    // An array of one element that is the whole result is read like any other.
    if (!isNumber(pattern) || isWhole(pattern)) continue;
    const x = context.local(V128);
    numbers.set(key, x);
    once.push(x.set(loadNumber(array.dtype, place(array))));
  }
  const row = inner === 0 ? from : context.local();
  const { pointers, code: atRow } = rowStart(plan, context, { row, numbers, place });
  const lanes = { reads, numbers, pointers };
  if (inner === 0) {
    // Arrays have room up to a multiple of 16 bytes: the last turn may go beyond the last element.
    const length = i32.sub(to.get, from.get);
    return {
      once,
      each: [bounds, atRow, lanesTurns(context, plan, { ...lanes, tail: 0, length })],
    };
  }
  const length = i32.const(inner);
  return {
    once,
    each: [
      bounds,
      row.set(from.get),
      loop(
        atRow,
        lanesTurns(context, plan, { ...lanes, tail: inner % 4, length }),
        brIf(0, i32.lessUnsigned(row.tee(i32.add(row.get, 1)), to.get)),
      ),
    ],
  };
}

/** Where each array begins in a row; operands that are one number through it are read, and added to the numbers. */
function rowStart(
  { inner, reads, results }: Plan,
  { local }: TaskContext,
  at: { row: Local; numbers: Map<string, Local>; place: (array: Value) => Local },
): { pointers: ReadonlyMap<string, Local>; code: Code } {
  const { row, numbers, place } = at;
  const pointers = new Map<string, Local>();
  const code: Code[] = [];
  const begin = (array: Value, index: readonly Code[] | number, elements: number): Local => {
    const pointer = local();
    const bytes = elements * bytesPerElement(array.dtype);
    code.push(pointer.set(i32.add(place(array).get, i32.mul(index, bytes))));
    return pointer;
  };
  const elements = Math.max(1, inner);
  for (const { key, array, pattern } of reads) {
    if (numbers.has(key)) continue;
    if (isWhole(pattern)) {
      pointers.set(key, begin(array, row.get, elements));
      continue;
    }
    const { outer, kept } = splitInner(pattern, inner);
    const pointer = begin(array, operandIndex(outer, row.get), kept ? inner : 1);
    if (kept) pointers.set(key, pointer);
    else {
      const x = local(V128);
      numbers.set(key, x);
      code.push(x.set(loadNumber(array.dtype, pointer)));
    }
  }
  for (const result of results)
    pointers.set(`result ${result.id}`, begin(result, row.get, elements));
  return { pointers, code };
}

/** Equal for loops that differ only in their arrays. */
function signature({ members, results, flushed, arrays }: Plan): string {
  const numbers = new Map<Value, number>(members.map((member, k) => [member, k]));
  const places = new Map<Value, number>(arrays.map((array, k) => [array, k]));
  const operandText = (value: Value, operand: Value): string => {
    const constant = scalarOf(operand);
    if (constant !== undefined)
      return `${operand.dtype} ${Object.is(constant, -0) ? '-0' : constant}`;
    const array = storageOf(operand);
    const member = numbers.get(array);
    if (member !== undefined) return `%${member}`;
    const pattern = JSON.stringify(operandPattern(value, operand).map((x) => [x.extent, x.kept]));
    return `array ${places.get(array)} ${array.dtype} ${pattern}`;
  };
  const lines = members.map((member) => {
    const { source } = member;
    if (source.kind !== 'node') return '';
    const operands = source.operands.map((operand) => operandText(member, operand));
    // What is repeated, and how often, is in the patterns.
    const attributes = isNode(member, 'Expand', 'Tile') ? '' : attributesKey(source.attributes);
    const flush = flushed.has(member) ? ' flushed' : '';
    return `${member.dtype}${flush} ${source.op}${attributes}(${operands.join()})`;
  });
  return `${sizeOf(results[0].shape)}: ${lines.join('; ')} -> ${results.map((x) => numbers.get(x)).join()}`;
}
