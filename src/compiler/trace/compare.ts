import { RunError } from '../../errors.js';
import type { Builder } from '../graph/builder.js';
import type { TypedValues, Value } from '../graph/value.js';

const ADVICE =
  "what changes from run to run must be an input, a variable that the step assigns, or drawn from the step's second argument, random";

/**
 * Compares two recordings of one step, value by value in the order in which they were made.
 *
 * @throws RunError where they differ, with the op: the step draws random numbers, reads a clock or counts.
 */
export function compareRecordings(first: Builder, second: Builder): void {
  const [before, after] = [[...first.values], [...second.values]];
  const k = before.findIndex(([key], index) => key !== after[index]?.[0]);
  if (k < 0 && before.length === after.length) return;
  const [a, b] = [before[k < 0 ? before.length : k]?.[1], after[k < 0 ? before.length : k]?.[1]];
  throw new RunError(
    `the step is not the same each time that it is called: ${difference(a, b)}; ${ADVICE}`,
  );
}

function difference(a: Value | undefined, b: Value | undefined): string {
  const op = (value: Value | undefined): string => value?.origin ?? 'other code';
  if (a === undefined || b === undefined)
    return `${op(a ?? b)} was called ${b === undefined ? 'the first' : 'the second'} time only`;
  if (a.source.kind === 'constant' && b.source.kind === 'constant') {
    const [first, second] = numbers([a, b], a.source.data, b.source.data);
    return `${op(a)} had ${first} the first time, then ${op(b) === op(a) ? '' : `${op(b)} `}${second}`;
  }
  return op(a) === op(b)
    ? `${op(a)} had other operands or attributes the second time`
    : `${op(a)} was called the first time, ${op(b)} the second`;
}

const MOST_SHOWN = 3;

/** Two constants, from where they differ on, with as many digits as that takes. */
function numbers(values: readonly [Value, Value], a: TypedValues, b: TypedValues): string[] {
  const at = Math.max(
    0,
    a.findIndex((x, k) => !Object.is(x, b[k])),
  );
  const digits = a.at(at)?.toPrecision(4) === b.at(at)?.toPrecision(4) ? 9 : 4;
  return [a, b].map((data, k) => {
    const shown = [...data.subarray(at, at + MOST_SHOWN)].map((x) =>
      String(Number(x.toPrecision(digits))),
    );
    if (data.length === 1) return shown[0];
    const more = data.length > at + MOST_SHOWN ? ', ...' : '';
    return `[${at > 0 ? '..., ' : ''}${shown.join(', ')}${more}] of shape [${values[k].shape.join(', ')}]`;
  });
}
