import { attributesKey } from '../../graph/keys.js';
import {
  bytesPerElement,
  isNode,
  scalarOf,
  sizeOf,
  storageOf,
  type Value,
} from '../../graph/value.js';
import { V128, type Code, type Local } from '../assembler.js';
import { i32 } from '../instructions.js';
import { addressOf, isNumber, isWhole, overRows, rowOf, type Pattern } from './axes.js';
import {
  lanesTurns,
  loadNumber,
  operandPattern,
  readsOfLoop,
  resultKey,
  type Loop,
  type LoopArrays,
  type Read,
} from './lanes.js';
import { eachRow, rowsOf, rowsTask, type Task, type TaskContext } from './task.js';

/** Elements that a unit computes. */
const ELEMENTS_A_UNIT = 8192;
/** Ops on elements that are not worth a second thread. */
const SMALL_WORK = 8192;

/** The arrays that a loop reads. */
export const loopOperands = (loop: Loop): Value[] => [
  ...new Set(readsOfLoop(loop).map(({ array }) => array)),
];

/** The loop as a task on the arrays of {@link loopOperands}, then the results. */
export function loopTask(loop: Loop): Task {
  const { members, results } = loop;
  const reads = readsOfLoop(loop);
  const arrays = [...loopOperands(loop), ...results];
  const size = sizeOf(results[0].shape);
  /** Elements of a row, within which each operand's elements lie together or are one; 0 where operands are whole or numbers. */
  const inner = rowOf(reads.map(({ pattern }) => pattern));
  const rows = size / Math.max(1, inner);
  const few = rowsOf(ELEMENTS_A_UNIT, Math.max(1, inner));
  return rowsTask(
    { signature: signature(loop, arrays), arrays: arrays.length },
    {
      rows,
      perUnit: size * members.length <= SMALL_WORK ? rows : Math.min(rows, few),
      code(context, from, to) {
        const { once, begin, ...streams } = begins(loop, context, { arrays, reads, inner, from });
        const turns = (tail: number, length: Code): Code => [
          begin,
          lanesTurns(context, loop, { ...streams, tail, length }),
        ];
        // Arrays have room up to a multiple of 16 bytes: the last turn may go beyond the last element.
        if (inner === 0) return { once, each: turns(0, i32.sub(to.get, from.get)) };
        return { once, each: eachRow(from, to, turns(inner % 4, i32.const(inner))) };
      },
    },
  );
}

/** A loop's arrays and reads, and the row, or element where there are none, from which on they are gone through. */
interface Place {
  readonly arrays: readonly Value[];
  readonly reads: readonly Read[];
  readonly inner: number;
  readonly from: Local;
}

/** Code that sets where each array begins in a row, or its number; `once` for what is one number in every row. */
function begins(
  { results }: Loop,
  { local, addresses }: TaskContext,
  { arrays, reads, inner, from }: Place,
): Pick<LoopArrays, 'numbers' | 'pointers'> & { once: Code; begin: Code } {
  const [numbers, pointers] = [new Map<string, Local>(), new Map<string, Local>()];
  const [once, begin]: Code[][] = [[], []];
  const whole: Pattern = [{ extent: 1, strides: [Math.max(1, inner)] }];
  const written = results.map((array) => ({ array, pattern: [], key: resultKey(array) }));
  const streams = [...reads, ...written];
  // An array of one element that is the whole result is read like any other.
  const isSingle = ({ pattern }: (typeof streams)[number]): boolean =>
    isNumber(pattern) && !isWhole(pattern);
  const place = (array: Value): Local => addresses[arrays.indexOf(array)];
  const readNumber = (into: Code[], { dtype }: Value, key: string, at: Local): void => {
    const x = local(V128);
    numbers.set(key, x);
    into.push(x.set(loadNumber(dtype, at)));
  };
  for (const { array, key } of streams.filter(isSingle)) readNumber(once, array, key, place(array));
  for (const { array, pattern, key } of streams.filter((stream) => !isSingle(stream))) {
    const { rows, together } = isWhole(pattern)
      ? { rows: whole, together: true }
      : overRows(pattern, inner);
    const pointer = local();
    const bytes = bytesPerElement(array.dtype);
    begin.push(pointer.set(addressOf(place(array).get, from.get, rows, { bytes })));
    if (together) pointers.set(key, pointer);
    else readNumber(begin, array, key, pointer);
  }
  return { numbers, pointers, once, begin };
}

/** Equal for loops that differ only in their arrays. */
function signature({ members, results, flushed }: Loop, arrays: readonly Value[]): string {
  const numbers = new Map<Value, number>(members.map((member, k) => [member, k]));
  const places = new Map<Value, number>(arrays.map((array, k) => [array, k]));
  const operandText = (value: Value, operand: Value): string => {
    const constant = scalarOf(operand);
    if (constant !== undefined)
      return `${operand.dtype} ${Object.is(constant, -0) ? '-0' : constant}`;
    const array = storageOf(operand);
    const member = numbers.get(array);
    if (member !== undefined) return `%${member}`;
    return `array ${places.get(array)} ${array.dtype} ${JSON.stringify(operandPattern(value, operand))}`;
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
