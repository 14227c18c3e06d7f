import { createHash, randomUUID } from 'node:crypto';
import { existsSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../files/cache-folder.js';
import { explained } from '../../files/explain.js';
import { makeFolder } from '../../files/folders.js';
import { readText } from '../../files/read.js';
import { writeFileWhole } from '../../files/replace.js';
import { bytesOf, type ImageSet, type ImageShape } from '../image-set.js';
import { isNames, isShape } from '../known-set.js';
import type { ReadContext, ReadImages } from '../readers/reader.js';
import { FileSet, PixelFile } from './pixel-store.js';
import { readPictures, type PictureParts } from './read-pictures.js';

/** Of so many pictures and more the images are kept: reading them again would take a while. */
const MANY = 5000;
/** Of the files that are kept: another way to decode or scale makes other images. */
const FORMAT = 1;

/** What tells one state of a file from another. */
export interface KnownFile {
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly changed: number;
}

/** What is kept beside the pixels. */
interface Kept {
  readonly shape: ImageShape;
  readonly classes: readonly string[];
  readonly remarks: readonly string[];
  /** For each part. */
  readonly counts: readonly number[];
  readonly labels: readonly (readonly number[] | null)[];
}

/**
 * Reads pictures. Where they are many, their images are written into a file in the user's cache folder as they are decoded, and read
 * from there by index: memory stays small, and the next run begins at once. The file is named by what the pictures are, so that
 * others are read where a picture has changed.
 *
 * @param files that the pictures are in.
 */
export async function readCached(
  parts: PictureParts,
  files: Iterable<KnownFile>,
  context: ReadContext,
): Promise<ReadImages> {
  if (parts.train.count + (parts.test?.count ?? 0) < MANY) return readPictures(parts, context);
  const folder = cacheFolder('pictures');
  const path = join(folder, `${digestOf(parts.classes, files, context)}.pixels`);
  const kept = readKept(path);
  if (kept !== undefined) return kept;
  makeFolder(folder);
  const draft = `${path}.${randomUUID()}.tmp`;
  const file = new PixelFile(draft);
  try {
    const read = await readPictures(parts, context, (shape) => {
      let count = 0;
      return {
        add: (image) => {
          file.write(image);
          count++;
        },
        finish: (names, labels) => unread(shape, count, names, labels),
      };
    });
    file.close();
    keep(draft, path, read);
  } catch (error) {
    file.remove();
    throw error;
  }
  return readKept(path)!;
}

function digestOf(
  classes: readonly string[],
  files: Iterable<KnownFile>,
  { size, color, skipBad, known }: ReadContext,
): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify({ format: FORMAT, classes, size, color, skipBad, known }));
  for (const { path, bytes, changed } of files)
    hash.update(`\n${JSON.stringify([path, bytes, changed])}`);
  return hash.digest('hex').slice(0, 32);
}

/** A set that is only counted: its images are in the file. */
function unread(
  shape: ImageShape,
  count: number,
  classes: readonly string[],
  labels: readonly number[] | undefined,
): ImageSet {
  return {
    shape,
    count,
    classes,
    ...(labels && { labels: Uint16Array.from(labels) }),
    read: () => {
      throw new Error('these images are read from the file that they are written to');
    },
  };
}

/** The pixels first: where the description is, they are too. */
function keep(draft: string, path: string, { train, test, remarks = [] }: ReadImages): void {
  const sets = [train, ...(test ? [test] : [])];
  explained('write', path, () => renameSync(draft, path));
  const kept: Kept = {
    shape: train.shape,
    classes: train.classes,
    remarks,
    counts: sets.map(({ count }) => count),
    labels: sets.map(({ labels }) => (labels === undefined ? null : [...labels])),
  };
  writeFileWhole(`${path}.json`, JSON.stringify(kept));
}

/** What is kept there; undefined where it is not, or is damaged. */
function readKept(path: string): ReadImages | undefined {
  if (!existsSync(path) || !existsSync(`${path}.json`)) return undefined;
  let kept: Kept;
  try {
    kept = JSON.parse(readText(`${path}.json`)) as Kept;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const { shape, classes, remarks, counts, labels } = kept;
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (!isShape(shape) || !isNames(classes) || statSync(path).size !== all * bytesOf(shape))
    return undefined;
  const [train, test] = counts.map((count, k) => {
    const own = labels[k];
    const first = k === 0 ? 0 : counts[0];
    return new FileSet(path, shape, first, count, classes, own ? Uint16Array.from(own) : undefined);
  });
  return { train, ...(test && { test }), remarks };
}
