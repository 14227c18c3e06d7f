import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { printGraph } from '../../../src/compiler/graph/graph.js';
import { trace } from '../../../src/compiler/trace/trace.js';
import { expectLikeEager, native, onnxWeb, wasm } from '../oracle.js';

beforeEach(async () => {
  await tf.setBackend('cpu');
});
afterEach(() => tf.disposeVariables());

describe('variables', () => {
  it('have their values back after tracing, and nothing is left over', () => {
    const w = tf.variable(tf.tensor1d([1, 2, 3]));
    const unused = tf.variable(tf.scalar(7));
    const before = tf.memory().numTensors;
    const { graph } = trace(
      ({ x }) => {
        w.assign(tf.mul(w, x));
        return { sum: tf.sum(w) };
      },
      { inputs: { x: { shape: [3] } } },
    );
    expect(tf.memory().numTensors).toBe(before);
    expect(tf.getBackend()).toBe('cpu');
    expect([...w.dataSync(), ...unused.dataSync()]).toEqual([1, 2, 3, 7]);
    expect(graph.states.map(({ initial }) => [...initial])).toEqual([[1, 2, 3]]);
  });

  it('have their values back after an error in the step', () => {
    const w = tf.variable(tf.tensor1d([1, 2, 3]));
    const before = tf.memory().numTensors;
    expect(() =>
      trace(
        ({ x }) =>
          tf.tidy(() => {
            w.assign(tf.mul(w, tf.grad((y) => tf.square(y))(x)));
            throw new Error('of the step');
          }),
        { inputs: { x: { shape: [3] } } },
      ),
    ).toThrow('of the step');
    expect(tf.memory().numTensors).toBe(before);
    expect(tf.getBackend()).toBe('cpu');
    expect([...w.dataSync()]).toEqual([1, 2, 3]);
    expect([
      ...tf
        .grad((x) => tf.square(x))(tf.scalar(3))
        .dataSync(),
    ]).toEqual([6]);
  });

  it('that the step makes become state with their initial values', () => {
    const before = tf.memory().numTensors;
    let made: tf.Variable | undefined;
    const { graph } = trace(
      ({ x }) => {
        made ??= tf.variable(tf.fill([2, 2], 0.5), false, 'made');
        made.assign(tf.add(made, x));
        return { sum: tf.sum(made) };
      },
      { inputs: { x: { shape: [2, 2] } } },
    );
    expect([...made!.dataSync()]).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect(graph.states).toMatchObject([{ name: 'made', initial: new Float32Array(4).fill(0.5) }]);
    expect(tf.memory().numTensors - before, 'only the variable itself').toBe(1);
  });

  it('that the step makes from traced values are an error', () => {
    expect(() =>
      trace(({ x }) => ({ y: tf.variable(tf.square(x)) }), { inputs: { x: { shape: [2] } } }),
    ).toThrow('must start from constants (zeros, ones), not from a traced value');
  });

  it('that the step neither reads nor assigns are no state, those that it reads are', () => {
    const read = tf.variable(tf.scalar(2), true, 'read');
    tf.variable(tf.scalar(3), true, 'unused');
    const { graph } = trace(({ x }) => ({ y: tf.mul(x, read) }), {
      inputs: { x: { shape: [2] } },
      variables: new Map([[read, 'a name']]),
    });
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "input x: f32[2]
      state a name: f32[]
      %2 = Mul(x, a name) : f32[2]
      output y = %2"
    `);
  });
});

describe('tensors from outside the step', () => {
  it('are constants of each trace, however often they were traced before', () => {
    const two = tf.scalar(2);
    const names = ['a', 'b', 'c', 'd'];
    const step = (given: Record<string, tf.Tensor>): Record<string, tf.Tensor> => {
      const products = names.flatMap((a) => names.map((b) => tf.mul(given[a], given[b])));
      return {
        ...Object.fromEntries(products.map((product, k) => [`product ${k}`, product])),
        ...Object.fromEntries(names.map((name) => [name, tf.mul(given[name], two)])),
      };
    };
    // A constant kept from this graph would have a number that means another value in the next one.
    trace(({ x }) => ({ y: tf.mul(x, two) }), { inputs: { x: { shape: [2] } } });
    const { graph } = trace(step, {
      inputs: Object.fromEntries(names.map((name) => [name, { shape: [2] }])),
    });
    for (const name of names) {
      const { source } = graph.outputs.get(name)!;
      expect(source).toMatchObject({
        op: 'Mul',
        operands: [
          { source: { kind: 'input', name } },
          { source: { kind: 'constant', data: Float32Array.of(2) } },
        ],
      });
    }
    expect(two.dataSync()[0]).toBe(2);
  });

  it('are an error where they are large, unless all their elements are one number', () => {
    const noise = tf.randomNormal([100, 3]);
    const options = { inputs: { x: { shape: [100, 3] } } };
    expect(() => trace(({ x }) => ({ y: tf.mul(x, noise) }), options)).toThrow(
      'a tensor of [100, 3] from outside the step would be frozen into it as a constant',
    );
    const { graph } = trace(({ x }) => ({ y: tf.mul(x, tf.ones([100, 3])) }), options);
    expect(graph.outputs.get('y')!.shape).toEqual([100, 3]);
  });
});

it.each(Object.entries({ native, wasm, onnxWeb }))(
  'outputs that are an input, a variable before and after, a constant, on %s',
  async (_, load) => {
    await expectLikeEager(
      await load(),
      () => {
        const w = tf.variable(tf.tensor1d([2, 3]), true, 'w');
        return {
          step: ({ x }) => {
            const before = tf.clone(w);
            w.assign(tf.add(w, x));
            return {
              x,
              same: tf.sum(tf.reshape(x, [2, 1]), 1),
              before,
              after: w,
              one: tf.scalar(1),
            };
          },
        };
      },
      { x: { shape: [2] } },
      [{ x: [1, 5] }, { x: [4, -1] }],
    );
  },
);

describe('a step that cannot be compiled says why', () => {
  const options = { inputs: { x: { shape: [2, 2] } } };

  it('a kernel without a rule, by its name', () => {
    expect(() => trace(({ x }) => ({ y: tf.cumsum(x) }), options)).toThrow(
      'the compiler has no rule for the TensorFlow.js kernel Cumsum',
    );
  });

  it.each<[string, (x: tf.Tensor) => unknown]>([
    ['dataSync', (x) => x.dataSync()],
    ['arraySync', (x) => x.arraySync()],
    ['print', (x) => x.print()],
  ])('%s of a traced value', (_name, read) => {
    expect(() =>
      trace(({ x }) => {
        read(tf.square(x));
        return { x };
      }, options),
    ).toThrow('a compiled step cannot read a value while it is traced');
  });

  it('an input that has the name of a variable', () => {
    const w = tf.variable(tf.scalar(2), true, 'x');
    expect(() => trace(({ x }) => ({ y: tf.mul(x, w) }), options)).toThrow(
      'two inputs or states of one name',
    );
  });
});
