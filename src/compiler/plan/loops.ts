import { sizeOf, usersOf, type Value } from '../graph/value.js';
import { isLaneOp } from '../wasm/tasks/elementwise-ops.js';
import { operandStorages } from '../wasm/tasks/generated-ops.js';
import { readsOf } from '../wasm/tasks/lanes.js';
import { gcd, rowOf } from '../wasm/tasks/axes.js';

/** A loop takes no more ops than this: its values are in registers or on the stack. */
const MOST_MEMBERS = 64;
/** Rows of fewer elements than this make a loop slow. */
const SHORT_ROW = 16;

interface Group {
  readonly size: number;
  /** Above those of all groups and ops that it reads, so that none waits for itself. */
  readonly level: number;
  readonly members: Set<Value>;
  /** Elements that lie together in every operand; 0 where all operands are whole. */
  inner: number;
}

/**
 * Divides element-wise ops into loops: an op joins one that computes an operand of it, or reads one, where all its other
 * operands are computed before; then values go to the only loop that needs them.
 *
 * @param order the storages that a stage computes, operands first.
 * @param kept values that are needed beside their users.
 */
export function loops(order: readonly Value[], kept: ReadonlySet<Value>): Parts[] {
  const groups: Group[] = [];
  const groupOf = new Map<Value, Group>();
  const levels = new Map<Value, number>();
  // What an earlier stage computed counts as computed here: an update's own operands are then ready before its gradient is.
  const levelOf = (value: Value): number =>
    groupOf.get(value)?.level ?? levels.get(value) ?? (value.source.kind === 'node' ? 1 : 0);
  const readers = new Map<Value, Group[]>();
  for (const value of order) {
    if (value.source.kind !== 'node') continue;
    const operands = operandStorages(value);
    const level = 1 + Math.max(0, ...operands.map(levelOf));
    if (!isLaneOp(value)) {
      levels.set(value, level);
      continue;
    }
    const size = sizeOf(value.shape);
    const near = operands.flatMap((operand) => [
      ...(groupOf.has(operand) ? [groupOf.get(operand)!] : []),
      ...(readers.get(operand) ?? []),
    ]);
    const fits = (group: Group): boolean =>
      group.size === size &&
      group.members.size < MOST_MEMBERS &&
      operands.every((operand) => group.members.has(operand) || levelOf(operand) < group.level) &&
      isLongRow(group.inner, innerOf(value));
    let group = near.find(fits);
    if (group === undefined && size === 1) group = groups.find(fits);
    if (group === undefined) {
      group = { size, level, members: new Set(), inner: 0 };
      groups.push(group);
    }
    join(group, value);
    groupOf.set(value, group);
    for (const operand of operands) {
      const known = readers.get(operand);
      if (known === undefined) readers.set(operand, [group]);
      else if (!known.includes(group)) known.push(group);
    }
  }
  const users = usersOf(order, operandStorages);
  sink(order, groupOf, users, kept);
  const partsOf = new Map<Group, Parts>(
    groups.map((group) => [group, { members: [], results: [] }]),
  );
  for (const value of order) {
    const group = groupOf.get(value);
    if (group === undefined) continue;
    const { members, results } = partsOf.get(group)!;
    members.push(value);
    const outside = (user: Value): boolean => groupOf.get(user) !== group;
    if (kept.has(value) || (users.get(value) ?? []).some(outside)) results.push(value);
  }
  return [...partsOf.values()].filter(({ members }) => members.length > 0);
}

interface Parts {
  readonly members: Value[];
  readonly results: Value[];
}

function join(group: Group, value: Value): void {
  group.members.add(value);
  group.inner = gcd(group.inner, innerOf(value));
}

const innerOf = (value: Value): number => rowOf(readsOf(value).map(({ pattern }) => pattern));

/** Whether loops over such rows can be one without getting slow. */
function isLongRow(a: number, b: number): boolean {
  if (a === 0 || b === 0 || a === b) return true;
  return gcd(a, b) >= SHORT_ROW;
}

/** Moves a value to the loop that all its users are in: it is computed there, not written and read. */
function sink(
  order: readonly Value[],
  groupOf: Map<Value, Group>,
  users: ReadonlyMap<Value, readonly Value[]>,
  kept: ReadonlySet<Value>,
): void {
  for (const value of [...order].reverse()) {
    const group = groupOf.get(value);
    const needing = users.get(value) ?? [];
    const target = needing.length === 0 ? undefined : groupOf.get(needing[0]);
    if (group === undefined || target === undefined || target === group || kept.has(value))
      continue;
    const fits =
      target.size === group.size &&
      target.members.size < MOST_MEMBERS &&
      isLongRow(target.inner, innerOf(value)) &&
      needing.every((user) => groupOf.get(user) === target);
    if (!fits) continue;
    group.members.delete(value);
    join(target, value);
    groupOf.set(value, target);
  }
}
