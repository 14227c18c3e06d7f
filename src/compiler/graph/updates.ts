import { rootsOf, type Graph } from './graph.js';
import { OPS } from './ops.js';
import { isNode, sizeOf, topological, usersOf, type Value } from './value.js';

const isElementwise = (value: Value): boolean =>
  value.source.kind === 'node' && OPS[value.source.op].elementwise === true;

/**
 * The element-wise end of each next state (an optimizer's update of a weight and its moments): the next states that
 * `fits` takes, and backwards from them what nothing else needs, as long as it has their number of elements or is one number.
 */
export function updatesOf(
  graph: Graph,
  fits: (value: Value) => boolean = isElementwise,
): ReadonlySet<Value> {
  const order = topological(rootsOf(graph));
  const users = usersOf(order);
  const roots = new Set(rootsOf(graph));
  const updates = new Set(
    graph.states.flatMap(({ next, current }) => (next !== current && fits(next) ? [next] : [])),
  );
  for (const value of order.reverse()) {
    if (roots.has(value) || isNode(value, 'Reshape') || !fits(value)) continue;
    const needing = users.get(value) ?? [];
    const size = sizeOf(value.shape);
    if (needing.every((user) => updates.has(user) && (size === 1 || sizeOf(user.shape) === size)))
      updates.add(value);
  }
  return updates;
}
