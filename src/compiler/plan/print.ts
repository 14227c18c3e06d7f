import type { Graph } from '../graph/graph.js';
import { namesOf } from '../graph/print.js';
import { bytesPerElement, sizeOf, typeText, type Value } from '../graph/value.js';
import { isGenerated } from '../wasm/tasks/generated-ops.js';
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
  const lines = stages.flatMap((stage, k) =>
    stage.kind === 'onnx'
      ? [`${k}. onnx ${arrows(names, stage.inputs, stage.outputs)}`]
      : [
          `${k}. wasm`,
          ...stage.calls.map(
            ({ values, operands, results }) =>
              `   ${opsOf(values)} ${arrows(names, operands, results)}`,
          ),
        ],
  );
  return [
    ...lines,
    ...placement.copies.map(({ name: state, next }) => `copy ${names.get(next)} to ${state}`),
  ].join('\n');
}

/** The arrays of a step in the order of their addresses; those that live at different times may share one. */
export function printPlacement({ graph, placement }: Omit<PrintedPlan, 'stages'>): string {
  const names = namesOf(graph);
  const places = [...placement.addresses].sort(([, a], [, b]) => a - b);
  const width = Math.max('address'.length, String(placement.end).length);
  return [
    `${'address'.padStart(width)}  ${'bytes'.padStart(width)}  array`,
    ...places.map(([value, address]) => {
      const bytes = sizeOf(value.shape) * bytesPerElement(value.dtype);
      return `${String(address).padStart(width)}  ${String(bytes).padStart(width)}  ${named(names, value)}`;
    }),
    ...placement.copies.map(({ name: state, next }) => `copy ${names.get(next)} to ${state}`),
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

const arrows = (names: Names, from: readonly Value[], to: readonly Value[]): string =>
  `(${from.map((value) => named(names, value)).join(', ')}) -> (${to.map((value) => named(names, value)).join(', ')})`;

/** A constant's name has its type. */
const named = (names: Names, value: Value): string =>
  value.source.kind === 'constant' && value.source.data.length !== 1
    ? names.get(value)!
    : `${names.get(value)}: ${typeText(value)}`;
