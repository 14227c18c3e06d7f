import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, it } from 'vitest';
import {
  EXACT,
  expectLikeEager,
  native,
  onnxWeb,
  randomValues,
  wasm,
  type Built,
} from './oracle.js';

type Variables = Record<'a' | 'b' | 'c' | 's', tf.Variable>;

afterEach(() => tf.disposeVariables());

const N = 7; // not a multiple of the four that a fused kernel computes at once

/** What a step does to three arrays and a number; x and row [N] and g [3, N] are inputs. */
const UPDATES: Record<string, (v: Variables, given: Record<string, tf.Tensor>) => void> = {
  'a swap': ({ a, b }) => {
    const old = tf.clone(a);
    a.assign(b);
    b.assign(old);
  },
  'a rotation': ({ a, b, c }) => {
    const old = tf.clone(a);
    a.assign(b);
    b.assign(c);
    c.assign(old);
  },
  'a copy of a state that is then updated': ({ a, b }, { x }) => {
    a.assign(b);
    b.assign(tf.add(b, x));
  },
  'an update, and a copy of the updated state': ({ a, b }, { x }) => {
    b.assign(tf.add(b, x));
    a.assign(b);
  },
  'a copy of a state that a graph computes anew': ({ a, b }, { g }) => {
    a.assign(b);
    b.assign(tf.sum(tf.mul(g, b), 0));
  },
  'one value for two states': ({ a, b, c }, { x }) => {
    const next = tf.mul(tf.add(a, b), x);
    a.assign(next);
    b.assign(next);
    c.assign(tf.sub(c, a));
  },
  'two updates from each other’s old values': ({ a, b }, { x }) => {
    const old = tf.clone(a);
    a.assign(tf.add(tf.mul(a, 0.5), b));
    b.assign(tf.sub(tf.mul(b, 0.5), tf.mul(old, x)));
  },
  'an input': ({ a, b }, { x }) => {
    b.assign(tf.add(a, b));
    a.assign(x);
  },
  'a constant': ({ a, s }, { x }) => {
    s.assign(tf.scalar(3));
    a.assign(tf.zeros([N]));
    a.assign(tf.mul(a, x));
  },
  'small constants': ({ a, b }) => {
    b.assign(tf.add(a, b));
    a.assign(tf.tensor1d([1, 2, 3, 4, 5, 6, 7]));
  },
  'another shape of itself': ({ a }) => {
    a.assign(tf.reshape(tf.reverse(tf.reshape(a, [N, 1]), 0), [N]));
  },
  'an average of an updated weight': ({ a, b }, { x }) => {
    a.assign(tf.sub(a, tf.mul(0.1, x)));
    b.assign(tf.add(tf.mul(b, 0.9), tf.mul(a, 0.1)));
  },
  'a number that arrays use before and after its update': ({ a, b, s }, { x }) => {
    a.assign(tf.mul(tf.add(a, x), s));
    s.assign(tf.mul(s, 0.9));
    b.assign(tf.mul(tf.add(b, x), tf.sqrt(tf.sub(1, tf.mul(s, 0.1)))));
  },
  'a graph that reads an old value after its update': ({ a, b, c }, { x, g }) => {
    const old = tf.clone(a);
    a.assign(tf.add(a, x));
    const late = tf.sum(tf.mul(g, a), 0); // waits for the new a
    b.assign(tf.sub(b, late));
    c.assign(tf.sum(tf.mul(g, tf.mul(old, late)), 0));
  },
  'a kernel that waits for a graph of another of its results': ({ a, b }, { x, g }) => {
    a.assign(tf.add(tf.mul(a, 0.5), x));
    b.assign(tf.add(b, tf.mul(a, tf.sum(tf.mul(g, a), 0))));
  },
  'rows that broadcast over a matrix': ({ a, c }, { g }) => {
    const [first] = tf.unstack(tf.sub(g, a));
    c.assign(tf.sub(c, tf.mean(tf.mul(g, a))));
    a.assign(first);
  },
  'a mask that the graph needs too': ({ a, b, s }, { x }) => {
    const mask = tf.greater(tf.add(a, x), 0);
    a.assign(tf.where(mask, tf.sub(a, 0.1), tf.add(a, 0.2)));
    b.assign(tf.where(tf.logicalNot(mask), b, x));
    s.assign(tf.mean(tf.cast(mask, 'float32')));
  },
  'masks of masks': ({ a, b }, { x }) => {
    const inside = tf.logicalAnd(tf.less(a, x), tf.greaterEqual(b, x));
    const same = tf.equal(inside, tf.logicalOr(tf.lessEqual(x, 0), tf.greater(a, 0)));
    a.assign(tf.where(same, tf.maximum(a, b), tf.neg(x)));
    b.assign(tf.where(inside, tf.minimum(b, x), tf.abs(b)));
  },
  'a constant array': ({ a, b }, { x }) => {
    a.assign(tf.add(tf.mul(a, tf.tensor1d([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7])), x));
    b.assign(tf.relu(tf.sub(b, tf.tensor1d([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]))));
  },
  'zeros of either sign': ({ a, b }, { x }) => {
    a.assign(tf.maximum(tf.mul(tf.mul(a, 0), -0), tf.mul(x, 1)));
    b.assign(tf.maximum(tf.mul(tf.mul(b, -0), 0), tf.mul(x, 1)));
  },
};

/** A matrix beside the vectors, of which it takes its rows' bias. */
const MATRIX_UPDATES: Record<string, (m: tf.Variable, row: tf.Variable, g: tf.Tensor) => void> = {
  'a row over all rows': (m, row) => m.assign(tf.sub(m, row)),
  'a column over all columns': (m, _row, g) => m.assign(tf.mul(m, tf.mean(g, 1, true))),
  'a row that is updated too': (m, row, g) => {
    row.assign(tf.mul(row, 0.5));
    m.assign(tf.add(tf.mul(m, 0.5), tf.add(tf.mul(g, 0.1), row)));
  },
};

const inputs = { x: { shape: [N] }, g: { shape: [3, N] } };
const feeds = Array.from({ length: 5 }, (_, k) => ({
  x: randomValues(N, k),
  g: randomValues(3 * N, 100 + k),
}));

for (const [name, load] of Object.entries({ native, wasm, onnxWeb })) {
  describe(`state on ${name} over several runs: what a variable is assigned`, async () => {
    const backend = await load();

    it.each(Object.entries(UPDATES))('%s', async (_name, update) => {
      const build = (): Built => {
        const array = (seed: number, label: string): tf.Variable =>
          tf.variable(tf.tensor1d(randomValues(N, seed)), true, label);
        const v = {
          a: array(1, 'a'),
          b: array(2, 'b'),
          c: array(3, 'c'),
          s: tf.variable(tf.scalar(0.7), true, 's'),
        };
        return {
          step: (given) => {
            update(v, given);
            return { probe: tf.add(tf.add(tf.mul(v.a, 2), tf.mul(v.b, v.s)), v.c) };
          },
        };
      };
      await expectLikeEager(backend, build, inputs, feeds);
    });

    it.each(Object.entries(MATRIX_UPDATES))('%s', async (_name, update) => {
      const build = (): Built => {
        const m = tf.variable(tf.tensor2d(randomValues(3 * N, 1), [3, N]), true, 'm');
        const row = tf.variable(tf.tensor1d(randomValues(N, 2)), true, 'row');
        return {
          step: ({ g }) => {
            update(m, row, g);
            return { probe: tf.sum(m, 1) };
          },
        };
      };
      await expectLikeEager(backend, build, inputs, feeds);
    });

    it('variables and inputs of any name', async () => {
      const names = Array.from({ length: 40 }, (_, k) => `v${k}`);
      const build = (): Built => {
        const v = names.map((label, k) => tf.variable(tf.scalar(k), true, label));
        return {
          step: ({ i0, i1, x }) => {
            for (const variable of v) variable.assign(tf.add(tf.mul(variable, 0.5), tf.sum(i0)));
            const shifted = tf.pad(tf.slice(i1, [1], [3]), [[1, 2]]);
            return { 'the sum': tf.add(tf.sum(tf.stack(v)), tf.mul(shifted, tf.sum(x))) };
          },
        };
      };
      const vectors = { i0: { shape: [N] }, i1: { shape: [N] }, x: { shape: [N] } };
      const values = { i0: randomValues(N, 1), i1: randomValues(N, 2), x: randomValues(N, 3) };
      await expectLikeEager(backend, build, vectors, [values, values]);
    });

    it('an output that is a new state, beside one that is copied', async () => {
      const build = (): Built => {
        const a = tf.variable(tf.tensor1d(randomValues(N, 1)), true, 'a');
        const b = tf.variable(tf.tensor1d(randomValues(N, 2)), true, 'b');
        return {
          step: ({ x }) => {
            const old = tf.mul(b, 1.5);
            a.assign(tf.add(a, x));
            b.assign(a);
            return { a: tf.clone(a), old };
          },
        };
      };
      await expectLikeEager(backend, build, inputs, feeds, EXACT);
    });
  });
}
