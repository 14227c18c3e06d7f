import { attributesKey } from '../../graph/keys.js';
import {
  bytesPerElement,
  isNode,
  operandsOf,
  scalarOf,
  sizeOf,
  storageOf,
  type NodeSource,
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
  type Read,
} from './lanes.js';
import { eachRow, rowsOf, rowsTask, type Task, type TaskCode, type TaskContext } from './task.js';

/** Elements that a unit computes. */
const ELEMENTS_A_UNIT = 8192;
/** Ops on elements that are not worth a second thread. */
const SMALL_WORK = 8192;

/** A loop as a task on the arrays that it reads, of which those that are `aligned` are only read whole, then its results. */
export function loopTask(loop: Loop): {
  readonly task: Task;
  readonly operands: readonly Value[];
  readonly aligned: ReadonlySet<Value>;
} {
  const { members, results } = loop;
  const reads = readsOfLoop(loop);
  const operands = [...new Set(reads.map(({ array }) => array))];
  const arrays = [...operands, ...results];
  /** Elements of a row, within which each operand's elements lie together or are one; 0 where operands are whole or numbers. */
  const inner = rowOf(reads.map(({ pattern }) => pattern));
  const size = sizeOf(results[0].shape);
  const rows = size / Math.max(1, inner);
  const few = rowsOf(ELEMENTS_A_UNIT, Math.max(1, inner));
  const whole: Pattern = [{ extent: 1, strides: [Math.max(1, inner)] }];
  const code = (context: TaskContext, from: Local, to: Local): TaskCode => {
    const { local, addresses } = context;
    const [numbers, pointers] = [new Map<string, Local>(), new Map<string, Local>()];
    // Where each array begins in a row, or its number; `once` for what is one number in every row.
    const [once, begin]: Code[][] = [[], []];
    const place = (array: Value): Local => addresses[arrays.indexOf(array)];
    const readNumber = (into: Code[], { array, key }: Read, at: Local): void => {
      const x = local(V128);
      numbers.set(key, x);
      into.push(x.set(loadNumber(array.dtype, at)));
    };
    const written = results.map((array) => ({ array, pattern: [], key: resultKey(array) }));
    // An array of one element that is the whole result is read like any other.
    const isSingle = ({ pattern }: Read): boolean => isNumber(pattern) && !isWhole(pattern);
    for (const read of reads.filter(isSingle)) readNumber(once, read, place(read.array));
    for (const stream of [...reads, ...written].filter((each) => !isSingle(each))) {
      const { array, pattern, key } = stream;
      const { rows: axes, together } = isWhole(pattern)
        ? { rows: whole, together: true }
        : overRows(pattern, inner);
      const pointer = local();
      const bytes = bytesPerElement(array.dtype);
      begin.push(pointer.set(addressOf(place(array).get, from.get, axes, { bytes })));
      if (together) pointers.set(key, pointer);
      else readNumber(begin, stream, pointer);
    }
    const turns = (tail: number, length: Code): Code => [
      begin,
      lanesTurns(context, loop, { numbers, pointers, tail, length }),
    ];
    // Arrays have room up to a multiple of 16 bytes: the last turn may go beyond the last element.
    if (inner === 0) return { once, each: turns(0, i32.sub(to.get, from.get)) };
    return { once, each: eachRow(from, to, turns(inner % 4, i32.const(inner))) };
  };
  const perUnit = size * members.length <= SMALL_WORK ? rows : Math.min(rows, few);
  const given = { signature: signature(loop, arrays), arrays: arrays.length };
  const isAligned = (operand: Value): boolean =>
    reads.every(({ array, pattern }) => array !== operand || isWhole(pattern));
  return {
    task: rowsTask(given, { rows, perUnit, code }),
    operands,
    aligned: new Set(operands.filter(isAligned)),
  };
}

/** Equal for loops that differ only in their arrays. */
function signature({ members, results, flushed }: Loop, arrays: readonly Value[]): string {
  const operandText = (value: Value, operand: Value): string => {
    const constant = scalarOf(operand);
    if (constant !== undefined) return `${operand.dtype} ${attributesKey({ constant })}`;
    const array = storageOf(operand);
    if (members.includes(array)) return `%${members.indexOf(array)}`;
    return `array ${arrays.indexOf(array)} ${array.dtype} ${JSON.stringify(operandPattern(value, operand))}`;
  };
  const lines = members.map((member) => {
    const operands = operandsOf(member).map((operand) => operandText(member, operand));
    const { op, attributes } = member.source as NodeSource;
    // What is repeated, and how often, is in the patterns.
    const text = isNode(member, 'Expand', 'Tile') ? '' : attributesKey(attributes);
    const flush = flushed.has(member) ? ' flushed' : '';
    return `${member.dtype}${flush} ${op}${text}(${operands.join()})`;
  });
  return `${sizeOf(results[0].shape)}: ${lines.join('; ')} -> ${results.map((x) => members.indexOf(x)).join()}`;
}
