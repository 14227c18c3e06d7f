import { RunError } from '../../errors.js';
import { rootsOf, type Graph } from '../graph/graph.js';
import { updatesOf } from '../graph/updates.js';
import { isNode, topological, typeText, type Value } from '../graph/value.js';
import type { Target } from '../target.js';
import { isLaneOp } from '../wasm/tasks/elementwise-ops.js';
import { isBounded } from '../wasm/tasks/gather.js';
import { isGenerated } from '../wasm/tasks/generated-ops.js';

/** What computes each value of a graph that an op computes; a reshape is computed by nobody, its bytes are its operand's. */
export type Assignment = ReadonlyMap<Value, 'wasm' | 'onnx'>;

/**
 * Decides who computes which value.
 *
 * @throws RunError for a value that nobody can compute, where there is no ONNX Runtime.
 */
export function assign(graph: Graph, target: Target): Assignment {
  const isWasm = target.generated === 'all' ? isGenerated : generatedBesideOnnx(graph);
  const assignment = new Map<Value, 'wasm' | 'onnx'>();
  for (const value of topological(rootsOf(graph))) {
    if (value.source.kind !== 'node' || isNode(value, 'Reshape')) continue;
    const wasm = isWasm(value);
    if (!wasm && !target.onnx)
      throw new RunError(
        `there is no generated code for ${value.origin ?? value.source.op} (${value.source.op} of ${typeText(value)}), and the target ${target.name} has no ONNX Runtime that could compute it`,
      );
    assignment.set(value, wasm ? 'wasm' : 'onnx');
  }
  return assignment;
}

/**
 * The ends of next states, which one loop computes where ONNX Runtime would pass over memory for each op; and what it is
 * left to check: it takes an index of -1 for the last row in silence.
 */
function generatedBesideOnnx(graph: Graph): (value: Value) => boolean {
  const updates = updatesOf(graph, (value) => isLaneOp(value) && isGenerated(value));
  return (value) =>
    updates.has(value) || (isNode(value, 'Gather') && !isBounded(value) && isGenerated(value));
}
