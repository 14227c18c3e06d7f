import { fuse } from './fuse.js';
import { rootsOf, typeText, type Graph, type State } from '../graph/graph.js';
import { OPS } from '../graph/ops.js';
import { isNode, operandsOf, topological, usersOf, type Value } from '../graph/value.js';
import type { FusedKernel } from '../wasm/kernel.js';

/** What a step does: graphs and fused kernels in turn, then copies of state that could not be written in place. */
export interface Plan {
  readonly graph: Graph;
  readonly stages: readonly Stage[];
  /** States whose next value is written elsewhere and copied at the step's end. */
  readonly copies: readonly State[];
}

export type Stage = GraphStage | KernelStage;

/** Computed by one ONNX graph. */
export interface GraphStage {
  readonly kind: 'graph';
  /** Values from before this stage: inputs, state, results of earlier stages. */
  readonly inputs: readonly Value[];
  /** Values that kernels, other stages, the outputs or the state need. */
  readonly outputs: readonly Value[];
}

/** Computed by one fused kernel, over operands in memory. */
export interface KernelStage {
  readonly kind: 'kernel';
  readonly kernel: FusedKernel;
  /** For each of the kernel's operands, the value that has its bytes. */
  readonly operands: readonly Value[];
}

/** Divides a graph into as few ONNX graphs as the fused kernels between them allow. */
export function plan(graph: Graph): Plan {
  const { kernels, graphValues } = fuse(graph);
  const { levelOf, kernelLevel, last } = levels(graphValues, kernels);
  computeLate(graph, graphValues, kernels, levelOf);
  const stages: Stage[] = [];
  for (let level = 0; level <= last; level++) {
    if (level % 2 === 1) {
      const here = kernels.filter((kernel) => kernelLevel.get(kernel) === level);
      stages.push(
        ...readersFirst(here, graph).map((kernel): Stage => {
          return { kind: 'kernel', kernel, operands: kernel.operands.map(carrierOf) };
        }),
      );
    } else {
      const here = graphValues.filter((value) => levelOf.get(value) === level);
      const stage = graphStage(graph, here, graphValues, kernels);
      if (stage.outputs.length > 0) stages.push(stage);
    }
  }
  return {
    graph,
    stages,
    copies: graph.states.filter(
      (state) => state.next !== state.current && !isWrittenInPlace(state, graph, stages),
    ),
  };
}

/** Graphs on even levels, kernels on odd ones; each as early as its operands allow. */
function levels(
  graphValues: readonly Value[],
  kernels: readonly FusedKernel[],
): { levelOf: Map<Value, number>; kernelLevel: Map<FusedKernel, number>; last: number } {
  const levelOf = new Map<Value, number>();
  const kernelLevel = new Map<FusedKernel, number>();
  const kernelOf = new Map(
    kernels.flatMap((kernel) => kernel.results.map((result) => [result, kernel] as const)),
  );
  const isGraphs = new Set(graphValues);
  const atKernel = (kernel: FusedKernel): number => {
    if (!kernelLevel.has(kernel)) {
      kernelLevel.set(kernel, NaN); // found again below only if the kernel waits for itself
      kernelLevel.set(
        kernel,
        Math.max(1, ...kernel.operands.map((operand) => at(operand) + ((at(operand) + 1) % 2))),
      );
    }
    const level = kernelLevel.get(kernel)!;
    if (Number.isNaN(level)) throw new Error('compiler bug: a fused kernel waits for itself');
    return level;
  };
  const at = (value: Value): number => {
    const kernel = kernelOf.get(value);
    if (kernel !== undefined) return atKernel(kernel);
    if (!isGraphs.has(value)) return 0;
    if (!levelOf.has(value))
      levelOf.set(
        value,
        Math.max(0, ...operandsOf(value).map((operand) => at(operand) + (at(operand) % 2))),
      );
    return levelOf.get(value)!;
  };
  const last = Math.max(0, ...graphValues.map(at), ...kernels.map(atKernel));
  return { levelOf, kernelLevel, last };
}

/**
 * Moves cheap values to the stage that needs them, where that hands over fewer arrays: the slope of an activation is
 * computed again from the activation, which the later stage reads anyway, instead of being carried there.
 */
function computeLate(
  graph: Graph,
  graphValues: readonly Value[],
  kernels: readonly FusedKernel[],
  levelOf: Map<Value, number>,
): void {
  const fixed = new Set([...rootsOf(graph), ...kernels.flatMap(({ operands }) => operands)]);
  const users = usersOf(graphValues);
  for (const value of [...graphValues].reverse()) {
    const { source } = value;
    const needing = users.get(value) ?? [];
    if (
      source.kind !== 'node' ||
      OPS[source.op].elementwise !== true ||
      fixed.has(value) ||
      needing.length === 0
    )
      continue;
    const level = Math.min(...needing.map((user) => levelOf.get(user)!));
    if (level === levelOf.get(value)) continue;
    const carried = source.operands.filter(
      (operand) =>
        operand.source.kind === 'node' &&
        levelOf.get(operand) !== level &&
        !(users.get(operand) ?? []).some((user) => user !== value && levelOf.get(user) === level),
    );
    if (carried.length <= 1) levelOf.set(value, level);
  }
}

function graphStage(
  graph: Graph,
  here: readonly Value[],
  graphValues: readonly Value[],
  kernels: readonly FusedKernel[],
): GraphStage {
  const inside = new Set(here);
  const constants = constantsOf(graphValues);
  const elsewhere = graphValues.filter((value) => !inside.has(value)).flatMap(operandsOf);
  const needed = new Set([
    ...rootsOf(graph),
    ...kernels.flatMap(({ operands }) => operands.map(carrierOf)),
    ...elsewhere.filter((operand) => !constants.has(operand)).map(carrierOf),
  ]);
  const operands = here
    .flatMap(operandsOf)
    .filter((operand) => operand.source.kind !== 'constant' && !constants.has(operand))
    .filter((operand) => !inside.has(operand))
    .map(carrierOf);
  return {
    kind: 'graph',
    inputs: [...new Set(operands)],
    outputs: here.filter((value) => needed.has(value)),
  };
}

/** Values that are computed from constants only: each stage that needs one computes it, once, as it is loaded. */
function constantsOf(graphValues: readonly Value[]): Set<Value> {
  const constants = new Set<Value>();
  for (const value of graphValues) {
    const isConstant = (x: Value): boolean => x.source.kind === 'constant' || constants.has(x);
    if (operandsOf(value).every(isConstant)) constants.add(value);
  }
  return constants;
}

/**
 * The value that is handed over between stages in the place of this one. A reshape has the bytes of what is reshaped: the
 * stage that needs it reshapes. Not where that is a state, which may have its next value by then.
 */
function carrierOf(value: Value): Value {
  if (!isNode(value, 'Reshape')) return value;
  const carrier = carrierOf(value.source.operands[0]);
  return carrier.source.kind === 'node' ? carrier : value;
}

/** Kernels in an order in which a state that one overwrites was read by the others before, as far as there is one. */
function readersFirst(kernels: readonly FusedKernel[], graph: Graph): FusedKernel[] {
  const currentOf = new Map(graph.states.map(({ current, next }) => [next, current] as const));
  const left = [...kernels];
  const ordered: FusedKernel[] = [];
  while (left.length > 0) {
    const free = left.findIndex((kernel) => {
      const overwritten = kernel.results.map((result) => currentOf.get(result));
      return left.every(
        (other) =>
          other === kernel || !other.operands.some((operand) => overwritten.includes(operand)),
      );
    });
    ordered.push(...left.splice(Math.max(free, 0), 1));
  }
  return ordered;
}

/** Whether a kernel computes the next value and nobody reads the current one after it: it may be overwritten. */
export function isWrittenInPlace(state: State, graph: Graph, stages: readonly Stage[]): boolean {
  const writer = stages.findIndex(
    (stage) => stage.kind === 'kernel' && stage.kernel.results.includes(state.next),
  );
  if (writer < 0 || graph.states.find(({ next }) => next === state.next) !== state) return false;
  if (rootsOf(graph).some((root) => root === state.current && state.next !== state.current))
    return false;
  return stages
    .slice(writer + 1)
    .every(
      (stage) =>
        !(stage.kind === 'graph' ? stage.inputs : stage.kernel.operands).includes(state.current),
    );
}

/** The values that a graph stage computes, in order. */
export function valuesOf({ inputs, outputs }: GraphStage): Value[] {
  const before = new Set(inputs);
  return topological(outputs, before).filter((value) => !before.has(value));
}

/** The plan as text: what each stage reads and writes. */
export function printPlan({ stages, copies }: Plan): string {
  const name = ({ id, source }: Value): string =>
    source.kind === 'input' || source.kind === 'state' ? source.name : `v${id}`;
  const typed = (values: readonly Value[]): string =>
    values.map((value) => `${name(value)}: ${typeText(value)}`).join(', ');
  const lines = stages.map((stage, k) => {
    const { inputs, outputs } =
      stage.kind === 'graph' ? stage : { inputs: stage.operands, outputs: stage.kernel.results };
    return `${k}. ${stage.kind} (${typed(inputs)}) -> (${typed(outputs)})`;
  });
  return [
    ...lines,
    ...copies.map(({ name: state, next }) => `copy ${name(next)} to ${state}`),
  ].join('\n');
}
