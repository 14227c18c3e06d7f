import { basename, join } from 'node:path';
import { UserError } from '../../errors.js';
import { quantity } from '../../names.js';
import { readBounded } from '../bounded-read.js';
import { flatShape } from '../flat-shape.js';
import { bytesOf, imagesInMemory, type ImageShape } from '../image-set.js';
import { indexLabels, type RawLabels } from '../labels.js';
import { isNpy, parseNpy } from '../npy.js';
import { otherContent } from '../other-content.js';
import { scaleOfSet, type PixelScale } from '../pixel-scale.js';
import { PARTS, roleOf, type Named, type Role } from './numpy-roles.js';
import type { DataPath, ReadContext, Reader } from './reader.js';
import { isZip, zipEntries } from './zip.js';

const NAME = /\.np[yz]$/i;
/** The most bytes of an array, and of all arrays of an archive. */
const MOST_ARRAY_BYTES = 2 ** 30;

/** NumPy's files: an .npz with x_train, y_train, x_test, y_test (Keras) or other plain names; .npy files with such names. */
export const numpyReader: Reader = {
  name: 'numpy',
  takes: 'an .npz file with x_train, y_train, x_test and y_test, or .npy files of such names',
  recognises: (at) => (at.kind === 'file' ? NAME.test(at.path) : numpyFiles(at).length > 0),
  read: async (at, context) => {
    const { arrays, others } = await readArrays(at);
    const parts = PARTS.map((part) => arrays.get(`${part} images`));
    const [train, test] = [parts[0] ?? parts[3], parts[1] ?? parts[2]];
    if (train === undefined) {
      const found = [...others, ...[...arrays.values()].map(({ key }) => key)];
      throw new UserError(
        `${at.path} has no array of images to train on${found.length > 0 ? ` (found ${found.slice(0, MOST_NAMED).join(', ')}${found.length > MOST_NAMED ? ' ...' : ''})` : ''}; expected x_train, train_images, images or x`,
      );
    }
    for (const { role, path, again } of [train, ...(test ? [test] : [])])
      if (again !== undefined)
        throw new UserError(
          `${at.path} has ${role.replace('only ', '')} in ${basename(path)} and in ${basename(again)}; expected one data set: name a file, as --data ${path}`,
        );
    return assemble(train, test, arrays, context);
  },
};

/** Names in a sentence. */
const MOST_NAMED = 10;

const numpyFiles = (at: DataPath): string[] =>
  at.kind === 'file'
    ? [at.path]
    : at.names.filter((name) => NAME.test(name)).map((name) => join(at.path, name));

/** The arrays by what they are, the first of each kind, and the names of others. */
async function readArrays(
  at: DataPath,
): Promise<{ arrays: Map<Role, Named>; others: readonly string[] }> {
  const arrays = new Map<Role, Named>();
  const others: string[] = [];
  for (const path of numpyFiles(at)) {
    const stem = basename(path).replace(NAME, '');
    const read = await bytesIn(path);
    others.push(...read.others);
    for (const [own, bytes] of read.arrays) {
      // The file is called by what its only array is, as kmnist-train-imgs.npz.
      const key = own === 'arr_0' || own === '' ? (roleOf(stem) ? stem : own || 'images') : own;
      const role = roleOf(key)!;
      const other = arrays.get(role);
      if (other !== undefined) {
        if (other.path !== path) other.again ??= path;
        continue;
      }
      const name = own === '' ? path : `${path}: ${own}`;
      arrays.set(role, { ...parseNpy(bytes, name), name, key, path, role });
    }
  }
  return { arrays, others };
}

interface Arrays {
  /** By their names; that of an .npy file has none. */
  readonly arrays: readonly (readonly [key: string, bytes: Uint8Array])[];
  /** Names of arrays that are nothing that is looked for. */
  readonly others: readonly string[];
}

/** The arrays of a file. */
async function bytesIn(path: string): Promise<Arrays> {
  const bytes = readBounded(path, MOST_ARRAY_BYTES);
  if (isNpy(bytes)) return { arrays: [['', bytes]], others: [] };
  const other = otherContent(bytes);
  if (other !== undefined && !isZip(bytes))
    throw new UserError(`${path} is ${other}; expected an array of NumPy or an archive of them`);
  const keyOf = (name: string): string => name.replace(/\.npy$/, '');
  const others: string[] = [];
  // Others, which may be of any size, are not read.
  const isWanted = (name: string): boolean => {
    const isKnown = keyOf(name) !== name && roleOf(keyOf(name)) !== undefined;
    if (!isKnown) others.push(keyOf(name));
    return isKnown;
  };
  const entries = await zipEntries({ path, bytes }, isWanted, MOST_ARRAY_BYTES);
  if (others.includes('indptr'))
    throw new UserError(
      `${path} holds a sparse matrix of SciPy; expected its toarray(), saved by numpy.savez`,
    );
  return { arrays: [...entries].map(([name, content]) => [keyOf(name), content]), others };
}

function assemble(
  train: Named,
  test: Named | undefined,
  arrays: ReadonlyMap<Role, Named>,
  { known }: ReadContext,
) {
  const parts = [train, ...(test ? [test] : [])];
  const labels = parts.map((part) => labelsOf(part, arrays));
  const names = arrays.get('names')?.values;
  const areNames = Array.isArray(names) && names.every((name) => typeof name === 'string');
  const { classes, labels: indices } = indexLabels(
    labels,
    known?.classes ?? (areNames ? names : undefined),
    train.name,
  );
  const scale = scaleOfSet(parts.map(numbersIn), known !== undefined, train.name);
  const [first, second] = parts.map((part, k) =>
    imagesInMemory({
      ...pixelsIn(part, scale, known?.shape),
      classes,
      ...(indices[k] && { labels: indices[k] }),
    }),
  );
  const remarks = scale.remark === undefined ? [] : [scale.remark];
  return { train: first, ...(second && { test: second }), remarks };
}

function labelsOf(images: Named, arrays: ReadonlyMap<Role, Named>): RawLabels | undefined {
  const labels = arrays.get(images.role.replace('images', 'labels') as Role);
  if (labels === undefined) return undefined;
  const [count = 1] = labels.shape;
  const columns = labels.values.length / count;
  if (count !== images.shape[0])
    throw new UserError(
      `${labels.name} has ${quantity(count, 'labels')} and ${images.name} has ${quantity(images.shape[0], 'images')}; expected one label for each image`,
    );
  if (columns === 1) return labels.values;
  if (labels.shape.length > 2 || typeof labels.values[0] === 'string')
    throw new UserError(
      `${labels.name} has the shape ${labels.shape.join(' x ')}; expected one label for each image, or a 1 in the column of its class`,
    );
  const values = labels.values as ArrayLike<number>;
  return Array.from({ length: count }, (_, k) => {
    const shares = Array.from({ length: columns }, (__, c) => values[k * columns + c]);
    const sum = shares.reduce((all, share) => all + share, 0);
    if (!shares.every((share) => share >= 0) || !(Math.abs(sum - 1) < SHARE_ERROR))
      throw new UserError(
        `${labels.name} has ${columns} columns, in label ${k + 1} with the sum ${sum}; expected one label for each image, or a column for each class: 1 in the image's own, or shares of 1`,
      );
    const most = Math.max(...shares);
    if (shares.indexOf(most) !== shares.lastIndexOf(most))
      throw new UserError(
        `${labels.name} has its largest share of label ${k + 1}, ${most}, in several columns; expected it in that of the class alone`,
      );
    return shares.indexOf(most);
  });
}

/** Of the sum of shares of 1, with half precision. */
const SHARE_ERROR = 0.01;

function numbersIn({ values, name }: Named): ArrayLike<number> {
  if (typeof values[0] === 'string')
    throw new UserError(`${name} holds texts; expected the pixels of images`);
  return values as ArrayLike<number>;
}

/** The bytes of an array [count, height, width], with channels last or first, or [count, values of a square]. */
function pixelsIn(
  { shape, values, name }: Named,
  scale: PixelScale,
  known: ImageShape | undefined,
): { pixels: Uint8Array; shape: ImageShape } {
  const [count, ...sides] = shape;
  const [a, b, c = 1] = sides;
  const isFirst = sides.length === 3 && (a === 1 || a === 3) && c !== 1 && c !== 3;
  const found: ImageShape | undefined =
    sides.length === 1 ? flatShape(a, known) : isFirst ? [b, c, a] : [a, b, c];
  if (
    found === undefined ||
    sides.length < 1 ||
    sides.length > 3 ||
    count === 0 ||
    (found[2] !== 1 && found[2] !== 3)
  )
    throw new UserError(
      `${name} ${shape.length === 0 ? 'is a single number' : `has the shape ${shape.join(' x ')}`}; expected images, as count x height x width or with 1 or 3 channels`,
    );
  const all = values as ArrayLike<number>;
  if (!isFirst && values instanceof Uint8Array && scale.toByte === Math.round)
    return { pixels: values, shape: found };
  const pixels = new Uint8Array(all.length);
  const [size, area] = [bytesOf(found), found[0] * found[1]];
  for (let k = 0; k < all.length; k++) {
    const value = all[k];
    if (!(value >= scale.min && value <= scale.max))
      throw new UserError(
        `${name}: a pixel is ${value}; expected ${scale.min} to ${scale.max}, as in the training images`,
      );
    const inside = k % size;
    const at = isFirst ? k - inside + (inside % area) * found[2] + Math.floor(inside / area) : k;
    pixels[at] = scale.toByte(value);
  }
  return { pixels, shape: found };
}
