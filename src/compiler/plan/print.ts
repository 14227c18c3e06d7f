import { typeText } from '../graph/graph.js';
import { topological, type Value } from '../graph/value.js';
import { isGenerated } from '../wasm/tasks/generated-ops.js';
import type { Placement } from './memory.js';
import type { Stage } from './schedule.js';

interface PrintedPlan {
  readonly stages: readonly Stage[];
  readonly placement: Placement;
}

/** The stages as text: what each reads and writes. */
export function printPlan({ stages, placement }: PrintedPlan): string {
  const lines = stages.flatMap((stage, k) =>
    stage.kind === 'onnx'
      ? [`${k}. onnx ${arrows(stage.inputs, stage.outputs)}`]
      : [
          `${k}. wasm`,
          ...stage.calls.map(
            ({ values, operands, results }) => `   ${opsOf(values)} ${arrows(operands, results)}`,
          ),
        ],
  );
  return [
    ...lines,
    ...placement.copies.map(({ name: state, next }) => `copy ${nameOf(next)} to ${state}`),
  ].join('\n');
}

const opsOf = (values: readonly Value[]): string =>
  values.map(({ source }) => (source.kind === 'node' ? source.op : '')).join(' ');

/** The TensorFlow.js ops that are left to ONNX Runtime because there is no generated code for them. */
export function opsWithoutCode({ stages }: Pick<PrintedPlan, 'stages'>): string[] {
  const values = stages.flatMap((stage) =>
    stage.kind === 'onnx' ? topological(stage.outputs, new Set(stage.inputs)) : [],
  );
  const left = values.filter((value) => !isGenerated(value));
  return [...new Set(left.map(opOf))].sort();
}

/** What a message calls a value: the TensorFlow.js op that it was made for, else its own. */
export const opOf = ({ origin, source }: Value): string =>
  origin ?? (source.kind === 'node' ? source.op : source.kind);

const arrows = (from: readonly Value[], to: readonly Value[]): string =>
  `(${typed(from)}) -> (${typed(to)})`;

const typed = (values: readonly Value[]): string =>
  values.map((value) => `${nameOf(value)}: ${typeText(value)}`).join(', ');

const nameOf = ({ id, source }: Value): string =>
  source.kind === 'input' || source.kind === 'state' ? source.name : `v${id}`;
