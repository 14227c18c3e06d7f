import { describe, it } from 'vitest';
import { native, wasm } from '../oracle.js';
import { EDGES } from './edges.js';
import { expectEqualsEager, type Tried } from './equals-eager.js';
import { LAYERS } from './layers.js';
import { HOUSEKEEPING, OPTIMIZERS, REINFORCED, SECOND_ORDER } from './learning.js';
import { ATTENTION, CONVOLUTIONAL, GENERATIVE, RECURRENT } from './networks.js';

const ALL: Readonly<Record<string, Tried>> = {
  ...ATTENTION,
  ...RECURRENT,
  ...CONVOLUTIONAL,
  ...GENERATIVE,
  ...OPTIMIZERS,
  ...SECOND_ORDER,
  ...REINFORCED,
  ...LAYERS,
  ...HOUSEKEEPING,
  ...EDGES,
};

describe.each(Object.entries({ native, wasm }))(
  'three steps on %s equal eager TensorFlow.js',
  (_, load) => {
    it.each(Object.keys(ALL))('%s', async (name) => expectEqualsEager(await load(), ALL[name]));
  },
);
