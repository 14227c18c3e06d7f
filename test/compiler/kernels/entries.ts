import type { KernelEntries } from './cases.js';
import { convEntries } from './conv.js';
import { elementwiseEntries } from './elementwise.js';
import { matmulEntries } from './matmul.js';
import { normaliseEntries } from './normalise.js';
import { reduceEntries } from './reduce.js';
import { imageEntries } from './images.js';
import { selectEntries } from './select.js';
import { shapeEntries } from './shape.js';

/** Calls of each kernel, by its name. */
export const ENTRIES: KernelEntries = {
  ...elementwiseEntries,
  ...shapeEntries,
  ...selectEntries,
  ...imageEntries,
  ...reduceEntries,
  ...matmulEntries,
  ...convEntries,
  ...normaliseEntries,
};
