import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** A file, a folder or a symbolic link, whatever its names. */
export interface Node {
  readonly id: number;
  readonly kind: 'file' | 'folder' | 'link';
  /** Where a link leads. */
  readonly target?: string;
}

/** What a process has done to files, one system call each. */
export type Operation =
  /** Gives and takes names in a folder: making, renaming, removing. */
  | {
      readonly kind: 'names';
      readonly node: Node;
      readonly given: readonly { readonly name: string; readonly node: Node }[];
      readonly taken: readonly string[];
    }
  /** Writes bytes. */
  | { readonly kind: 'bytes'; readonly node: Node; readonly at: number; readonly bytes: Buffer }
  /** Cuts off or lengthens. */
  | { readonly kind: 'length'; readonly node: Node; readonly bytes: number }
  /** Brings all that was done to the node before to the disk: a file's bytes, a folder's names. */
  | { readonly kind: 'sync'; readonly node: Node };

const CALLS =
  'open,openat,creat,close,dup,dup2,dup3,write,writev,pwrite64,pwritev,pwritev2,ftruncate,truncate,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat,fsync,fdatasync,copy_file_range,sendfile,fallocate';

/**
 * Runs a program and records, by strace, what it does to files below a folder, which is empty at first.
 *
 * @returns the folder and the operations in their order.
 */
export async function record(
  command: readonly string[],
  folder: string,
): Promise<{ root: Node; operations: Operation[] }> {
  const place = mkdtempSync(join(tmpdir(), 'gan-mnist-trace-'));
  const trace = join(place, 'trace');
  try {
    const strace = ['-f', '-qq', '-xx', '-s', '1000000000', '-e', `trace=${CALLS}`, '-o', trace];
    const child = spawn('strace', [...strace, ...command], { stdio: ['ignore', 'ignore', 2] });
    const code = await new Promise((resolve, reject) =>
      child.on('error', reject).on('close', resolve),
    );
    if (code !== 0) throw new Error(`${command.join(' ')} ended with ${String(code)}`);
    const recorder = new Recorder(folder);
    for (const call of callsIn(readFileSync(trace, 'latin1'))) recorder.add(call);
    const { root, operations } = recorder;
    return { root, operations };
  } finally {
    rmSync(place, { recursive: true });
  }
}

interface Call {
  readonly name: string;
  readonly args: string;
  readonly result: number;
}

/** The calls that succeeded, in the order in which they ended; strace writes one that others interrupt in two lines. */
function* callsIn(trace: string): Generator<Call> {
  const begun = new Map<string, string>();
  for (const line of trace.split('\n')) {
    const [, process, text] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (text === undefined) continue;
    if (text.endsWith(' <unfinished ...>')) {
      begun.set(process, text.slice(0, -' <unfinished ...>'.length));
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text);
    const whole = resumed === null ? text : `${begun.get(process) ?? ''}${resumed[1]}`;
    const [, name, args, result] = /^(\w+)\((.*)\) += (-?\d+)/.exec(whole) ?? [];
    if (name !== undefined && Number(result) >= 0) yield { name, args, result: Number(result) };
  }
}

const textsOf = (args: string): Buffer[] =>
  [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex]) =>
    Buffer.from(hex.replaceAll('\\x', ''), 'hex'),
  );

/** Follows names and descriptors, so that each operation is of a node. */
class Recorder {
  readonly operations: Operation[] = [];
  readonly root: Node;
  private count = 0;
  private readonly entries = new Map<Node, Map<string, Node>>();
  private readonly lengths = new Map<Node, number>();
  private readonly opened = new Map<number, { node: Node; at: number; appends: boolean }>();

  constructor(private readonly folder: string) {
    this.root = this.made('folder');
  }

  add({ name, args, result }: Call): void {
    const texts = textsOf(args);
    const paths = texts.map((text) => text.toString());
    const descriptor = Number.parseInt(args, 10);
    if (/^(open|creat)/.test(name))
      this.open(paths[0], name === 'creat' ? 'O_TRUNC' : args, result);
    else if (name === 'close') this.opened.delete(descriptor);
    else if (name.startsWith('mkdir')) this.give(paths[0], this.made('folder'));
    else if (name.startsWith('symlink')) this.give(paths[1], this.made('link', paths[0]));
    else if (name.startsWith('rename')) this.rename(paths[0], paths[1]);
    else if (/^(unlink|rmdir)/.test(name)) this.take(paths[0]);
    else if (/^(fsync|fdatasync)/.test(name)) this.sync(descriptor);
    else if (/^p?write/.test(name)) this.write(name, args, texts, descriptor, result);
    else if (name === 'ftruncate')
      this.cut(this.opened.get(descriptor)?.node, Number(args.split(', ')[1]));
    else this.refuse(name, args, paths, descriptor);
  }

  /** What nobody here does is not followed: it must not go unnoticed. */
  private refuse(name: string, args: string, paths: string[], descriptor: number): void {
    if (this.opened.has(descriptor) || paths.some((path) => this.isOurs(path)))
      throw new Error(`${name}(${args.slice(0, 200)}) is not followed`);
  }

  private isOurs(path: string): boolean {
    return path === this.folder || path.startsWith(`${this.folder}/`);
  }

  private made(kind: Node['kind'], target?: string): Node {
    const node = { id: this.count++, kind, ...(target !== undefined && { target }) };
    if (kind === 'folder') this.entries.set(node, new Map());
    else this.lengths.set(node, 0);
    return node;
  }

  private find(path: string): Node | undefined {
    if (!this.isOurs(path)) return undefined;
    const parts = path.slice(this.folder.length).split('/');
    return parts
      .filter((part) => part !== '' && part !== '.')
      .reduce<Node | undefined>((at, part) => at && this.entries.get(at)?.get(part), this.root);
  }

  private open(path: string, flags: string, descriptor: number): void {
    this.opened.delete(descriptor);
    if (!this.isOurs(path)) return;
    let node = this.find(path);
    if (node === undefined) {
      node = this.made('file');
      this.give(path, node);
    } else if (flags.includes('O_TRUNC') && this.lengths.get(node)! > 0) this.cut(node, 0);
    this.opened.set(descriptor, { node, at: 0, appends: flags.includes('O_APPEND') });
  }

  private give(path: string, node: Node): void {
    if (!this.isOurs(path)) return;
    // The folder itself is there.
    if (path === this.folder) return;
    this.change(dirname(path), [{ name: basename(path), node }], []);
  }

  private take(path: string): void {
    if (this.isOurs(path)) this.change(dirname(path), [], [basename(path)]);
  }

  private rename(from: string, to: string): void {
    if (!this.isOurs(from) && !this.isOurs(to)) return;
    const node = this.find(from);
    if (dirname(from) !== dirname(to) || node === undefined)
      throw new Error(`a rename from ${from} to ${to} is not followed`);
    this.change(dirname(from), [{ name: basename(to), node }], [basename(from)]);
  }

  private change(
    path: string,
    given: Extract<Operation, { kind: 'names' }>['given'],
    taken: readonly string[],
  ): void {
    const folder = this.find(path);
    if (folder === undefined) throw new Error(`${path} was not made here`);
    const names = this.entries.get(folder)!;
    for (const name of taken) names.delete(name);
    for (const { name, node } of given) names.set(name, node);
    this.operations.push({ kind: 'names', node: folder, given, taken });
  }

  private write(
    name: string,
    args: string,
    texts: Buffer[],
    descriptor: number,
    written: number,
  ): void {
    const file = this.opened.get(descriptor);
    if (file === undefined) return;
    const bytes = Buffer.concat(texts).subarray(0, written);
    if (bytes.length !== written) throw new Error(`${name} of ${written} bytes was cut off`);
    const { node, appends } = file;
    const isAt = name.startsWith('p');
    const place = Number(/, (\d+)\)?$/.exec(args)?.[1]);
    const at = appends ? this.lengths.get(node)! : isAt ? place : file.at;
    this.operations.push({ kind: 'bytes', node, at, bytes });
    this.lengths.set(node, Math.max(this.lengths.get(node)!, at + written));
    if (!isAt) file.at = at + written;
  }

  private cut(node: Node | undefined, bytes: number): void {
    if (node === undefined || this.lengths.get(node) === bytes) return;
    this.lengths.set(node, bytes);
    this.operations.push({ kind: 'length', node, bytes });
  }

  private sync(descriptor: number): void {
    const file = this.opened.get(descriptor);
    if (file !== undefined) this.operations.push({ kind: 'sync', node: file.node });
  }
}
