import type { NpyArray } from '../npy.js';

/** A part whose name says none is the training part. */
export const PARTS = ['train', 'test', 'validation', 'only'] as const;
export type Role = `${(typeof PARTS)[number]} ${'images' | 'labels'}` | 'names';

/** An array and what it is. */
export interface Named extends NpyArray {
  /** For messages: the file, and in an archive the array's own name. */
  readonly name: string;
  readonly key: string;
  readonly path: string;
  /** Another file with an array of that role. */
  again?: string;
  readonly role: Role;
}

const PART_WORDS: Readonly<Record<string, (typeof PARTS)[number]>> = {
  train: 'train',
  training: 'train',
  tr: 'train',
  trn: 'train',
  test: 'test',
  te: 'test',
  tst: 'test',
  testing: 'test',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
};
const IMAGE_WORDS = ['x', 'image', 'images', 'img', 'imgs', 'data', 'samples'];
const LABEL_WORDS = ['y', 'label', 'labels', 'target', 'targets'];
const NAMES = /^(classes|class_names|label_names|target_names|names)$/i;
/** As numpy.savez calls arrays that it is given without names. */
const UNNAMED: readonly Role[] = ['train images', 'train labels', 'test images', 'test labels'];

/** What an array is, by its name; undefined for anything else. */
export function roleOf(name: string): Role | undefined {
  if (NAMES.test(name)) return 'names';
  const unnamed = /^arr_(\d)$/.exec(name)?.[1];
  if (unnamed !== undefined) return UNNAMED[Number(unnamed)];
  const apart = name.replaceAll(/([a-z])([A-Z])/g, '$1_$2');
  const words = apart.toLowerCase().split(/[^a-z0-9]+/);
  const has = (some: readonly string[]): boolean => words.some((word) => some.includes(word));
  const content = has(LABEL_WORDS) ? 'labels' : has(IMAGE_WORDS) ? 'images' : undefined;
  const part = words.map((word) => PART_WORDS[word]).find((one) => one !== undefined);
  return content === undefined ? undefined : `${part ?? 'only'} ${content}`;
}
