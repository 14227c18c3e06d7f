import { addTo, sizeOf, usersOf, type Value } from '../graph/value.js';
import { isLaneOp } from '../wasm/tasks/elementwise-ops.js';
import { operandStorages } from '../wasm/tasks/generated-ops.js';
import { readsOf, type Loop } from '../wasm/tasks/lanes.js';
import { gcd, rowOf } from '../wasm/tasks/axes.js';

/** A loop takes no more ops than this: its values are in registers or on the stack. */
const MOST_MEMBERS = 64;
/** Rows of fewer elements than this make a loop slow. */
const SHORT_ROW = 16;

interface Group {
  readonly size: number;
  /** Above those of all groups and ops that it reads, so that none waits for itself. */
  readonly level: number;
  /** How many ops it has. */
  members: number;
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
export function loops(
  order: readonly Value[],
  kept: ReadonlySet<Value>,
): Pick<Loop, 'members' | 'results'>[] {
  const groupOf = grouped(order);
  const users = usersOf(order, operandStorages);
  sink(order, groupOf, users, kept);
  const members = new Map<Group, Value[]>();
  for (const value of order) {
    const group = groupOf.get(value);
    if (group !== undefined) addTo(members, group, value);
  }
  return [...members].map(([group, values]) => ({
    members: values,
    results: values.filter(
      (value) =>
        kept.has(value) || (users.get(value) ?? []).some((user) => groupOf.get(user) !== group),
    ),
  }));
}

/** The loop that each element-wise op joins first. */
function grouped(order: readonly Value[]): Map<Value, Group> {
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
      operands.every(
        (operand) => groupOf.get(operand) === group || levelOf(operand) < group.level,
      ) && isRoomFor(value, group);
    let group = near.find(fits);
    if (group === undefined && size === 1) group = groups.find(fits);
    if (group === undefined) groups.push((group = { size, level, members: 0, inner: 0 }));
    join(group, value);
    groupOf.set(value, group);
    for (const operand of operands)
      if (!readers.get(operand)?.includes(group)) addTo(readers, operand, group);
  }
  return groupOf;
}

function join(group: Group, value: Value): void {
  group.members++;
  group.inner = gcd(group.inner, innerOf(value));
}

const innerOf = (value: Value): number => rowOf(readsOf(value).map(({ pattern }) => pattern));

/** Whether a value can be computed in a loop, which does not get slow by it. */
function isRoomFor(value: Value, { size, members, inner }: Group): boolean {
  if (size !== sizeOf(value.shape) || members >= MOST_MEMBERS) return false;
  const own = innerOf(value);
  return inner === 0 || own === 0 || inner === own || gcd(inner, own) >= SHORT_ROW;
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
    const targets = new Set((users.get(value) ?? []).map((user) => groupOf.get(user)));
    const [target] = targets;
    if (group === undefined || target === undefined || target === group || kept.has(value))
      continue;
    if (targets.size > 1 || !isRoomFor(value, target)) continue;
    group.members--;
    join(target, value);
    groupOf.set(value, target);
  }
}
