import { createHash } from 'node:crypto';
import type { Node, Operation } from './recorded-files.js';

/** What a disk may hold after a loss of power: what is under each path. A file's content is a buffer, a link's where it leads. */
export type Tree = ReadonlyMap<string, Buffer | { readonly link: string } | 'folder'>;

/** How a crash at a moment may have left the operations before it. */
interface Loss {
  /** Indices of those that have not come to the disk. */
  readonly lost: readonly number[];
  /** Index of bytes of which only the first half has. */
  readonly torn?: number;
}

export interface State {
  readonly tree: Tree;
  /** Operations that had been done. */
  readonly done: number;
  readonly loss: Loss;
}

/**
 * The states in which a crash could leave a folder, equal ones once: after each operation, all of it; and of what was not synced by
 * then all of it lost, each one lost, each pair lost, each write half done. What is late is what is lost up to the crash.
 *
 * An operation is safe from the next sync of its node on: a file's bytes by the file's, a folder's names by the folder's. That is
 * less than usual file systems promise: a new file's name, too, needs a sync of its folder.
 */
export function* crashStates(root: Node, operations: readonly Operation[]): Generator<State> {
  const known = new Set<string>();
  for (let done = 0; done <= operations.length; done++)
    for (const loss of lossesAt(operations, done)) {
      const tree = treeOf(root, operations.slice(0, done), loss);
      const digest = digestOf(tree);
      if (known.has(digest)) continue;
      known.add(digest);
      yield { tree, done, loss };
    }
}

function* lossesAt(operations: readonly Operation[], done: number): Generator<Loss> {
  const unsafe: number[] = [];
  const synced = new Set<Node>();
  for (let k = done - 1; k >= 0; k--) {
    const { kind, node } = operations[k];
    if (kind === 'sync') synced.add(node);
    else if (!synced.has(node)) unsafe.push(k);
  }
  yield { lost: [] };
  yield { lost: unsafe };
  for (const [i, k] of unsafe.entries()) {
    yield { lost: [k] };
    if (operations[k].kind === 'bytes') yield { lost: [], torn: k };
    for (const other of unsafe.slice(i + 1)) yield { lost: [k, other] };
  }
}

/** What is there where all but the lost operations have been done. */
function treeOf(root: Node, operations: readonly Operation[], { lost, torn }: Loss): Tree {
  const left = new Set(lost);
  const names = new Map<Node, Map<string, Node>>();
  const contents = new Map<Node, Operation[]>();
  for (const [k, operation] of operations.entries()) {
    if (left.has(k)) continue;
    const { node } = operation;
    if (operation.kind === 'names') {
      const own = names.get(node) ?? new Map<string, Node>();
      names.set(node, own);
      for (const name of operation.taken) own.delete(name);
      for (const { name, node: given } of operation.given) own.set(name, given);
    } else if (operation.kind !== 'sync') {
      const own = contents.get(node) ?? [];
      contents.set(node, own);
      own.push(
        operation.kind === 'bytes' && k === torn
          ? { ...operation, bytes: operation.bytes.subarray(0, operation.bytes.length >> 1) }
          : operation,
      );
    }
  }
  const tree = new Map<string, Buffer | { link: string } | 'folder'>();
  const walk = (folder: Node, path: string): void => {
    for (const [name, node] of names.get(folder) ?? []) {
      const below = path === '' ? name : `${path}/${name}`;
      if (node.kind === 'link') tree.set(below, { link: node.target! });
      else if (node.kind === 'file') tree.set(below, contentOf(contents.get(node) ?? []));
      else {
        tree.set(below, 'folder');
        walk(node, below);
      }
    }
  };
  walk(root, '');
  return tree;
}

/** Contents of the same operations, so that they are put together and digested once. */
const contentsKnown = new WeakMap<Operation, { operations: Operation[]; content: Buffer }[]>();
const EMPTY = Buffer.alloc(0);

function contentOf(operations: Operation[]): Buffer {
  const last = operations.at(-1);
  if (last === undefined) return EMPTY;
  const before = contentsKnown.get(last) ?? [];
  contentsKnown.set(last, before);
  const same = before.find(
    ({ operations: own }) =>
      own.length === operations.length && own.every((one, k) => one === operations[k]),
  );
  if (same !== undefined) return same.content;
  const content = written(operations);
  before.push({ operations, content });
  return content;
}

/** What a lost write would have filled is zeros. */
function written(operations: readonly Operation[]): Buffer {
  let content = Buffer.alloc(0);
  const lengthen = (bytes: number): void => {
    if (bytes > content.length)
      content = Buffer.concat([content, Buffer.alloc(bytes - content.length)]);
  };
  for (const operation of operations) {
    if (operation.kind === 'length') {
      lengthen(operation.bytes);
      content = content.subarray(0, operation.bytes);
    } else if (operation.kind === 'bytes') {
      lengthen(operation.at + operation.bytes.length);
      content = Buffer.from(content);
      operation.bytes.copy(content, operation.at);
    }
  }
  return content;
}

const digests = new WeakMap<Buffer, string>();
const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

function digestOf(tree: Tree): string {
  const lines = [...tree].map(([path, entry]) => {
    if (!Buffer.isBuffer(entry))
      return `${path}\0${entry === 'folder' ? entry : `-> ${entry.link}`}`;
    const digest = digests.get(entry) ?? sha256(entry);
    digests.set(entry, digest);
    return `${path}\0${digest}`;
  });
  return sha256(lines.sort().join('\n'));
}
