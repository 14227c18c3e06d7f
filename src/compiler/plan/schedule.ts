import { rootsOf, type Graph, type State } from '../graph/graph.js';
import { OPS } from '../graph/ops.js';
import {
  addTo,
  isNode,
  operandsOf,
  storageOf,
  topological,
  usersOf,
  type Value,
} from '../graph/value.js';
import type { Target } from '../target.js';
import type { Assignment } from './assign.js';
import { operandStorages } from '../wasm/tasks/generated-ops.js';
import { callsOf, type Call, type Operation } from './calls.js';

/** A part of a step that one engine computes. */
export type Stage = WasmStage | OnnxStage;

/** Computed by generated code, a call after another. */
export interface WasmStage {
  readonly kind: 'wasm';
  readonly calls: readonly Call[];
}

/** Computed by one ONNX graph, from inputs, state and results of earlier stages to what other stages, the outputs or the state need. */
export interface OnnxStage extends Operation {
  readonly kind: 'onnx';
}

/** The calls of all stages, in their order. */
export const wasmCalls = (stages: readonly Stage[]): Call[] =>
  stages.flatMap((stage) => (stage.kind === 'wasm' ? stage.calls : []));

/** The values that an ONNX stage computes, and the constants that it does so from, operands first. */
export function valuesOf({ operands, results }: OnnxStage): Value[] {
  const given = new Set(operands);
  return topological(results, given).filter((value) => !given.has(value));
}

/** Which storages a value is computed from, and what is computed from each. */
interface Flow {
  /** Every storage that the graph needs, operands first. */
  readonly order: readonly Value[];
  readonly operands: (value: Value) => readonly Value[];
  readonly users: ReadonlyMap<Value, readonly Value[]>;
  /** What the graph itself needs, beside users. */
  readonly kept: ReadonlySet<Value>;
}

/** Divides a graph into as few stages as the order of its values allows: ONNX graphs at even levels, generated code at odd ones. */
export function schedule(graph: Graph, assignment: Assignment, target: Target): Stage[] {
  const flow = flowOf(graph, assignment);
  const levels = earliest(flow, assignment);
  moveLate(flow, assignment, levels, graph.states);
  const byLevel = new Map<number, Value[]>();
  for (const value of flow.order) {
    const level = levels.get(value);
    if (level !== undefined) addTo(byLevel, level, value);
  }
  return [...byLevel]
    .sort(([a], [b]) => a - b)
    .map(([level, here]): Stage => {
      const needed = here.filter(
        (value) =>
          flow.kept.has(value) ||
          (flow.users.get(value) ?? []).some((user) => levels.get(user) !== level),
      );
      if (level % 2 === 1)
        return { kind: 'wasm', calls: callsOf(here, new Set(needed), graph.states, target) };
      const inside = new Set(here);
      const read = new Set(here.flatMap(flow.operands));
      return {
        kind: 'onnx',
        operands: [...read].filter((value) => !inside.has(value)),
        results: needed,
      };
    });
}

function flowOf(graph: Graph, assignment: Assignment): Flow {
  const kept = new Set(rootsOf(graph).map(storageOf));
  const known = new Map<Value, readonly Value[]>();
  const constant = constants(graph);
  const operands = (value: Value): readonly Value[] => {
    // What is computed from constants alone is computed in each ONNX graph that needs it, once, as it is loaded.
    const found =
      known.get(value) ??
      (assignment.get(value) === 'wasm'
        ? operandStorages(value)
        : operandsOf(value).flatMap((x) => (constant.has(x) ? [] : [storageOf(x)])));
    known.set(value, found);
    return found;
  };
  const order = topological([...kept], new Set(), operands);
  return { order, operands, users: usersOf(order, operands), kept };
}

/** The constants, and what is computed from such alone. */
function constants(graph: Graph): ReadonlySet<Value> {
  const found = new Set<Value>();
  for (const value of topological(rootsOf(graph)))
    if (
      value.source.kind === 'constant' ||
      (value.source.kind === 'node' && operandsOf(value).every((operand) => found.has(operand)))
    )
      found.add(value);
  return found;
}

/** The level of each value that is computed: the first at which its operands are there. */
function earliest({ order, operands }: Flow, assignment: Assignment): Map<Value, number> {
  const levels = new Map<Value, number>();
  for (const value of order) {
    if (value.source.kind !== 'node') continue;
    const parity = assignment.get(value) === 'wasm' ? 1 : 0;
    let level = parity;
    for (const operand of operands(value)) {
      const from = levels.get(operand) ?? 0;
      level = Math.max(level, from % 2 === parity ? from : from + 1);
    }
    levels.set(value, level);
  }
  return levels;
}

/**
 * Moves cheap values to the stage that needs them, where that hands over no more arrays: the slope of an activation is
 * computed from the activation, which the later stage reads anyway, instead of being carried there.
 */
function moveLate(
  { order, operands, users, kept }: Flow,
  assignment: Assignment,
  levels: Map<Value, number>,
  states: readonly State[],
): void {
  const overwritten = new Map(
    states.map(({ current, next }) => [current, levels.get(storageOf(next)) ?? Infinity]),
  );
  for (const value of [...order].reverse()) {
    const { source } = value;
    const needing = users.get(value) ?? [];
    if (source.kind !== 'node' || kept.has(value) || needing.length === 0) continue;
    if (OPS[source.op].elementwise !== true && !isNode(value, 'Expand', 'Tile')) continue;
    if (needing.some((user) => assignment.get(user) !== assignment.get(value))) continue;
    const level = Math.min(...needing.map((user) => levels.get(user)!));
    if (level === levels.get(value)) continue;
    // A state that is read after it is overwritten would be copied.
    if (operands(value).some((operand) => overwritten.get(operand)! < level)) continue;
    const carried = operands(value).filter(
      (operand) =>
        operand.source.kind === 'node' &&
        levels.get(operand) !== level &&
        !users.get(operand)!.some((user) => user !== value && levels.get(user) === level),
    );
    if (carried.length <= 1) levels.set(value, level);
  }
}
