import { readdirSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { UserError } from '../../errors.js';
import { explained } from '../../files/explain.js';
import { isStray } from '../../files/stray.js';
import { readBounded } from '../bounded-read.js';
import { classFolder } from '../class-folder.js';
import { startOfFile } from '../other-content.js';
import { MOST_PICTURE_BYTES, OTHER_PICTURE_NAME, PICTURE_NAME } from '../pictures/picture-file.js';
import { readCached, type KnownFile } from '../pictures/picture-cache.js';
import type { PictureEntry, PictureList } from '../pictures/read-pictures.js';
import type { DataPath, Reader } from './reader.js';

/** Folders of parts, as torchvision, Keras and Hugging Face name them. */
const TRAIN = /^train(ing)?$/i;
const TEST = /^test(ing)?$/i;
const VALIDATION = /^val(id|idation)?$/i;
/** Where a picture's size stands in most files. */
const START_BYTES = 1 << 16;
const DEEPEST = 8;

/** A file of a picture and its class. */
interface PictureFile extends KnownFile {
  readonly label?: number;
}

/**
 * Folders of pictures: a folder for each class, or just pictures; below train and test, or without these. PNG, JPEG and WebP of any
 * sizes.
 */
export const picturesReader: Reader = {
  name: 'pictures',
  takes: 'a folder of PNG, JPEG or WebP pictures (a folder for each class, or just pictures)',
  recognises: (at) => at.kind === 'folder' && hasPictures(at.path, 0),
  read: async (at, context) => {
    const { train, test } = partsOf(at);
    const names = classNames([train, test], context.known?.classes);
    const [first, second] = [train, test].map((part) => part && filesOf(part, at.path, names)) as [
      PictureFile[],
      PictureFile[] | undefined,
    ];
    const parts = {
      train: asList(first),
      ...(second && { test: asList(second) }),
      classes: names === undefined ? [] : [...names.values()],
    };
    return readCached(parts, [...first, ...(second ?? [])], context);
  },
};

/** Whether there is a picture in a folder or below it. */
function hasPictures(folder: string, depth: number): boolean {
  const { files, folders } = entriesOf(folder);
  if (files.some((name) => PICTURE_NAME.test(name) || OTHER_PICTURE_NAME.test(name))) return true;
  return depth < DEEPEST && folders.some((name) => hasPictures(join(folder, name), depth + 1));
}

/** The folders of the two parts. */
function partsOf({ path }: DataPath): { train: string; test?: string } {
  let folder = path;
  for (let depth = 0; depth < DEEPEST; depth++) {
    const { files, folders } = entriesOf(folder);
    const named = (pattern: RegExp): string | undefined => {
      const name = folders.find((one) => pattern.test(one));
      return name === undefined ? undefined : join(folder, name);
    };
    const train = named(TRAIN);
    if (train !== undefined) {
      const test = named(TEST) ?? named(VALIDATION);
      return { train, ...(test !== undefined && { test }) };
    }
    // An archive's own folder around everything.
    const inner = join(folder, folders[0] ?? '');
    const isWrapper =
      folders.length === 1 &&
      !files.some((name) => PICTURE_NAME.test(name)) &&
      entriesOf(inner).folders.length > 0;
    if (!isWrapper) break;
    folder = inner;
  }
  return { train: folder };
}

/**
 * The classes by the names of their folders; undefined where the pictures lie in none.
 *
 * @param known the names in the set's manifest.
 */
function classNames(
  parts: readonly (string | undefined)[],
  known: readonly string[] | undefined,
): Map<string, string> | undefined {
  // By names as they look: names that differ in their encoding alone are one class.
  const folders = new Map<string, string>();
  for (const part of parts) {
    if (part === undefined) continue;
    for (const name of entriesOf(part).folders)
      if (
        (hasPictures(join(part, name), 0) || known !== undefined) &&
        !folders.has(name.normalize())
      )
        folders.set(name.normalize(), name);
  }
  if (folders.size === 0) return undefined;
  if (known !== undefined) {
    const expected = new Map(known.map((name, k) => [classFolder(known, k), name]));
    const own = new Set([...expected.keys()].map((name) => name.normalize()));
    const [, foreign] = [...folders].find(([name]) => !own.has(name)) ?? [];
    if (foreign !== undefined)
      throw new UserError(
        `${parts[0]} has a folder ${JSON.stringify(foreign)}, which is none of the classes in its manifest.json; expected the folders as gan-mnist dataset wrote them`,
      );
    return expected;
  }
  const names = [...folders.values()];
  const areNumbers = names.every((name) => /^\d+$/.test(name));
  names.sort(areNumbers ? (a, b) => Number(a) - Number(b) : undefined);
  return new Map(names.map((name) => [name, name]));
}

/** The pictures of a part, in the order of classes and names. */
function filesOf(
  part: string,
  root: string,
  classes: ReadonlyMap<string, string> | undefined,
): PictureFile[] {
  const own = realpathSync(root);
  const below = (folder: string, label: number | undefined, depth: number): PictureFile[] => {
    const { files, folders } = entriesOf(folder, own);
    const pictures = files
      .filter((name) => PICTURE_NAME.test(name) || OTHER_PICTURE_NAME.test(name))
      .map((name): PictureFile => {
        const path = join(folder, name);
        const { size, mtimeMs } = explained('read', path, () => statSync(path));
        return { path, bytes: size, changed: mtimeMs, ...(label !== undefined && { label }) };
      });
    if (depth === 0 && classes !== undefined) {
      if (pictures.length > 0)
        throw new UserError(
          `${folder} has pictures beside folders of pictures, as ${pictures[0].path}; expected all pictures in folders of their classes, or none`,
        );
      const labels = new Map([...classes.keys()].map((name, k) => [name.normalize(), k]));
      return folders
        .map((name) => ({ name, label: labels.get(name.normalize()) }))
        .filter((one) => one.label !== undefined)
        .sort((a, b) => a.label! - b.label!)
        .flatMap((one) => below(join(folder, one.name), one.label, 1));
    }
    if (depth > DEEPEST) return pictures;
    return [...pictures, ...folders.flatMap((name) => below(join(folder, name), label, depth + 1))];
  };
  return below(part, undefined, 0);
}

/** The files and folders in a folder, sorted, without hidden ones. @param root links must not lead out of it. */
function entriesOf(folder: string, root?: string): { files: string[]; folders: string[] } {
  const files: string[] = [];
  const folders: string[] = [];
  for (const entry of explained('read', folder, () =>
    readdirSync(folder, { withFileTypes: true }),
  )) {
    if (entry.name.startsWith('.') || isStray(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) {
      const found = statSync(path, { throwIfNoEntry: false });
      if (found === undefined) continue;
      if (root !== undefined) refuseLinkOut(path, root);
      if (found.isFile()) files.push(entry.name);
      // Links to folders may lead in circles.
    } else if (entry.isDirectory()) folders.push(entry.name);
    else if (entry.isFile()) files.push(entry.name);
  }
  return { files: files.sort(), folders: folders.sort() };
}

function refuseLinkOut(path: string, root: string): void {
  const inside = relative(root, realpathSync(path));
  if (inside.startsWith('..') || isAbsolute(inside))
    throw new UserError(
      `${path} is a link that leads out of the folder ${root}; expected the pictures themselves`,
    );
}

function asList(files: readonly PictureFile[]): PictureList {
  return {
    count: files.length,
    *each(): Iterable<PictureEntry> {
      for (const { path, bytes, label } of files)
        yield {
          name: path,
          ...(label !== undefined && { label }),
          bytes: () => readBounded(path, MOST_PICTURE_BYTES),
          ...(bytes > START_BYTES && { start: () => startOfFile(path, START_BYTES) }),
        };
    },
  };
}
