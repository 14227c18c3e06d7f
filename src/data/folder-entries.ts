import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { explained } from '../files/explain.js';
import { copiesAmong, isStray } from '../files/stray.js';

/** What is in a folder of data, sorted by name. */
export interface FolderEntries {
  /** Files, links and whatever else is no folder. */
  readonly files: readonly string[];
  readonly folders: readonly string[];
  /** Files that are second copies of others there, which would count twice: none of `files`. */
  readonly copies: readonly string[];
}

/** What is in a folder of data, without what systems and cloud drives put there by themselves. */
export function folderEntries(folder: string): FolderEntries {
  const entries = explained('read the data folder', folder, () =>
    readdirSync(folder, { withFileTypes: true }),
  ).filter(({ name }) => !isStray(name));
  const named = (areFolders: boolean): string[] =>
    entries
      .filter((entry) => entry.isDirectory() === areFolders)
      .map(({ name }) => name)
      .sort();
  const all = named(false);
  const copies = copiesAmong(all);
  return { files: all.filter((name) => !copies.includes(name)), folders: named(true), copies };
}

/** Where torchvision, archives and Hugging Face keep files below a folder. */
const DEEPEST = 3;

/** The second copies in a folder and below it that {@link folderEntries} leaves out, as paths. */
export function copiesBelow(folder: string, depth = 0): string[] {
  const { folders, copies } = folderEntries(folder);
  const below = depth === DEEPEST ? [] : folders;
  return [
    ...copies.map((name) => join(folder, name)),
    ...below.flatMap((name) => copiesBelow(join(folder, name), depth + 1)),
  ];
}
