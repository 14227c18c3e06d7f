import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../../errors.js';
import { readText } from '../../files/read.js';
import { folderEntries } from '../folder-entries.js';
import { readIdxFiles, type IdxFiles, type IdxPart } from './idx-files.js';
import type { DataPath, Reader } from './reader.js';

/** train-images-idx3-ubyte, t10k-images.idx3-ubyte.gz, emnist-letters-test-images-idx3-ubyte.gz, qmnist-train-labels-idx2-int.gz; with a browser's (1) where that is the only one. */
const NAME =
  /^(.*?)(train|t10k|test|val|valid|validation)[-_.]?(images|labels)[-_.]idx\d-(?:ubyte|int)(?: \(\d+\))?(?:\.gz)?$/i;
/** Where torchvision and archives keep the files below a folder. */
const DEEPEST = 3;

const TURNED = 'EMNIST has rows where other sets have columns: the images are turned upright';

type Part = 'train' | 'test' | 'validation';

function partOf(word: string): Part {
  if (/^train$/i.test(word)) return 'train';
  return /^val/i.test(word) ? 'validation' : 'test';
}

/** The files of one data set, by part and content; `prefix` is what their names begin with, as "emnist-letters-". */
interface Found {
  readonly folder: string;
  readonly prefix: string;
  readonly files: Readonly<Partial<Record<`${Part} ${'images' | 'labels'}`, string>>>;
}

/**
 * IDX files under the names that circulate: MNIST's own and dotted ones, plain or .gz, each in a folder of its own name (Kaggle's
 * archive), below MNIST/raw (torchvision), with EMNIST's and QMNIST's prefixes.
 */
export const idxReader: Reader = {
  name: 'idx',
  takes: 'a folder with IDX files (train-images-idx3-ubyte and so on, each as it is or with .gz)',
  recognises: (at) => (at.kind === 'file' ? NAME.test(at.path) : findSets(at.path, 0).length > 0),
  read: async (at, { known }) => {
    const set = at.kind === 'folder' ? onlySet(at) : setOfFile(at.path);
    const isEmnist = /^emnist/i.test(set.prefix);
    const classes = known?.classes ?? classNames(set);
    const { remarks, ...parts } = readIdxFiles(filesOf(set), {
      transposed: isEmnist,
      known: known !== undefined,
      ...(classes !== undefined && { classes }),
    });
    return { ...parts, remarks: [...(isEmnist ? [TURNED] : []), ...remarks] };
  },
};

/** The sets whose files are in a folder or below it. */
function findSets(folder: string, depth: number): Found[] {
  const { files: names, folders } = folderEntries(folder);
  const sets = new Map<string, Record<string, string>>();
  for (const name of [...names, ...folders].sort()) {
    const [, prefix, part, content] = NAME.exec(name) ?? [];
    if (content === undefined) continue;
    const path = fileOf(join(folder, name));
    if (path === undefined) continue;
    const files = sets.get(prefix) ?? {};
    const key = `${partOf(part)} ${content.toLowerCase()}`;
    // The shortest name first: the file itself before its compressed copy.
    const other = files[key];
    if (other === undefined || name.length < other.length - folder.length - 1) files[key] = path;
    sets.set(prefix, files);
  }
  const here = [...sets].map(([prefix, files]) => ({ folder, prefix, files }));
  if (here.length > 0 || depth === DEEPEST) return here;
  return folders.flatMap((name) => findSets(join(folder, name), depth + 1));
}

/** The file at a path; where the path is a folder, the file of the same name in it, as Kaggle packs MNIST. */
function fileOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || !found.isDirectory()) return path;
  const inside = folderEntries(path).files.find((name) => NAME.test(name));
  return inside === undefined ? undefined : join(path, inside);
}

function onlySet({ path }: DataPath): Found {
  const sets = findSets(path, 0);
  if (sets.length === 1) return sets[0];
  const [first, second] = sets;
  const areParts =
    sets.length === 2 &&
    first.prefix === second.prefix &&
    Object.keys(first.files).every((key) => !(key in second.files));
  // A folder for each part.
  if (areParts)
    return { folder: path, prefix: first.prefix, files: { ...first.files, ...second.files } };
  // Beside others, the set of the plain names is named by one of its files.
  const names = sets.map(({ folder, prefix, files }) =>
    prefix === '' && sets.some((other) => other.folder === folder && other.prefix !== '')
      ? (files['train images'] ?? folder)
      : join(folder, prefix),
  );
  throw new UserError(
    `the data folder ${path} has several sets of IDX files; expected one: name it, as --data ${names.join(' or --data ')}`,
  );
}

/** The set that a file belongs to. */
function setOfFile(path: string): Found {
  const [, prefix] = NAME.exec(path.slice(dirname(path).length).replace(/^[/\\]/, ''))!;
  return findSets(dirname(path), DEEPEST).find((set) => set.prefix === prefix)!;
}

/** The set whose files begin with a path that is none itself, as `emnist/emnist-letters`. */
export function idxSetAt(path: string): string | undefined {
  const folder = dirname(path);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return undefined;
  const sets = findSets(folder, DEEPEST);
  const set = sets.find(({ prefix }) =>
    [`${path}-`, `${path}_`, path].includes(join(folder, prefix)),
  );
  return set?.files['train images'];
}

function filesOf({ folder, prefix, files }: Found): IdxFiles {
  const part = (name: Part): IdxPart | undefined => {
    const [images, labels] = [files[`${name} images`], files[`${name} labels`]];
    if (images === undefined && labels !== undefined)
      throw new UserError(
        `${folder} has ${labels.slice(folder.length + 1)} without the images to it; expected both files`,
      );
    return images === undefined ? undefined : { images, ...(labels !== undefined && { labels }) };
  };
  const [train, test] = [part('train'), part('test') ?? part('validation')];
  if (train === undefined)
    throw new UserError(
      `the data folder ${folder} has no ${prefix}train-images-idx3-ubyte; expected images to train on`,
    );
  if (test !== undefined && (train.labels === undefined) !== (test.labels === undefined)) {
    const missing = train.labels === undefined ? 'train' : 't10k';
    throw new UserError(
      `the data folder ${folder} has no ${prefix}${missing}-labels-idx1-ubyte; expected labels of both parts, or of none`,
    );
  }
  return { train, ...(test && { test }) };
}

/** EMNIST has a file beside the others with the ASCII code of each label's letter. */
function classNames({ folder, prefix }: Found): string[] | undefined {
  const path = join(folder, `${prefix}mapping.txt`);
  if (!existsSync(path)) return undefined;
  const names: string[] = [];
  for (const line of readText(path).split('\n')) {
    const [label, code] = line.trim().split(/\s+/).map(Number);
    if (Number.isInteger(label) && label >= 0 && label < 256 && code > 32 && code < 127)
      names[label] = String.fromCharCode(code);
  }
  return Array.from(names, (name, label) => name ?? String(label));
}
