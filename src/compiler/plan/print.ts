import type { Graph } from '../graph/graph.js';
import { namesOf } from '../graph/print.js';
import { bytesOf, typeText, type Value } from '../graph/value.js';
import { isGenerated } from '../wasm/tasks/generated-ops.js';
import type { Operation } from './calls.js';
import type { Placement } from './memory.js';
import { valuesOf, type Stage } from './schedule.js';

interface PrintedPlan {
  readonly graph: Graph;
  readonly stages: readonly Stage[];
  readonly placement: Placement;
}

/** The stages as text: what each reads and writes, by the names of {@link namesOf}. */
export function printPlan({ graph, stages, placement }: PrintedPlan): string {
  const names = namesOf(graph);
  const list = (values: readonly Value[]): string =>
    `(${values.map((value) => named(names, value)).join(', ')})`;
  const arrows = ({ operands, results }: Operation): string =>
    `${list(operands)} -> ${list(results)}`;
  const lines = stages.flatMap((stage, k) =>
    stage.kind === 'onnx'
      ? [`${k}. onnx ${arrows(stage)}`]
      : [`${k}. wasm`, ...stage.calls.map((call) => `   ${opsOf(call.values)} ${arrows(call)}`)],
  );
  return [...lines, ...copyLines(names, placement)].join('\n');
}

/** The arrays of a step in the order of their addresses; those that live at different times may share one. */
export function printPlacement({ graph, placement }: Omit<PrintedPlan, 'stages'>): string {
  const names = namesOf(graph);
  const places = [...placement.addresses].sort(([, a], [, b]) => a - b);
  const width = Math.max('address'.length, String(placement.end).length);
  const line = (...[address, bytes, array]: (string | number)[]): string =>
    `${String(address).padStart(width)}  ${String(bytes).padStart(width)}  ${array}`;
  return [
    line('address', 'bytes', 'array'),
    ...places.map(([value, address]) => line(address, bytesOf(value), named(names, value))),
    ...copyLines(names, placement),
  ].join('\n');
}

/** The ops of a call. */
export const opsOf = (values: readonly Value[]): string =>
  values.map(({ source }) => (source.kind === 'node' ? source.op : '')).join(' ');

/** The TensorFlow.js ops that are left to ONNX Runtime because there is no generated code for them. */
export function opsWithoutCode({ stages }: Pick<PrintedPlan, 'stages'>): string[] {
  const values = stages.flatMap((stage) => (stage.kind === 'onnx' ? valuesOf(stage) : []));
  const left = values.filter((value) => !isGenerated(value));
  return [...new Set(left.map(opOf))].sort();
}

/** What a message calls a value: the TensorFlow.js op that it was made for, else its own. */
export const opOf = ({ origin, source }: Value): string =>
  origin ?? (source.kind === 'node' ? source.op : source.kind);

type Names = ReadonlyMap<Value, string>;

const copyLines = (names: Names, { copies }: Placement): string[] =>
  copies.map(({ name, next }) => `copy ${names.get(next)} to ${name}`);

/** A constant's name has its type. */
const named = (names: Names, value: Value): string =>
  value.source.kind === 'constant' && value.source.data.length !== 1
    ? names.get(value)!
    : `${names.get(value)}: ${typeText(value)}`;
