import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rootsOf } from '../../../src/compiler/graph/graph.js';
import { printGraph } from '../../../src/compiler/graph/print.js';
import { isNode, topological } from '../../../src/compiler/graph/value.js';
import { trace, type InputSpec, type Step } from '../../../src/compiler/trace/trace.js';
import { expectLikeEager, native, onnxWeb, wasm } from '../oracle.js';

type Tensors = Record<string, tf.Tensor>;

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

  it('are constants of any size that a step can hold', () => {
    const schedule = tf.linspace(0, 1, 200);
    const { graph } = trace(
      ({ x }) => {
        const causal = tf.linalg.bandPart(tf.ones([12, 12]), -1, 0);
        return {
          y: tf.add(tf.matMul(tf.eye(12), x), causal),
          z: tf.gather(schedule, tf.cast(tf.sum(x), 'int32')),
        };
      },
      { inputs: { x: { shape: [12, 12] } } },
    );
    const constants = topological(rootsOf(graph))
      .map(({ source }) => source)
      .filter((source) => source.kind === 'constant' && source.data.length > 64);
    expect(
      constants.map((source) => source.kind === 'constant' && source.data.length).sort(),
    ).toEqual([144, 200]);
    const data = tf.concat([tf.zeros([2 ** 24]), tf.ones([1])]);
    expect(() =>
      trace(({ x }) => ({ y: tf.mul(x, data) }), { inputs: { x: { shape: [] } } }),
    ).toThrow(
      'a tensor of [16777217] from outside the step would be a constant of 16777217 elements in it; expected at most 16777216',
    );
  });

  it('are the same only where their bits are: -0, infinities and NaN are told apart', () => {
    const { graph } = trace(
      ({ x }) =>
        Object.fromEntries(
          [0, -0, Infinity, -Infinity, NaN].map((number, k) => [
            `y${k}`,
            tf.add(tf.mul(x, number), tf.leakyRelu(x, number)),
          ]),
        ),
      { inputs: { x: { shape: [3] } } },
    );
    const values = topological(rootsOf(graph));
    expect(values.filter((value) => isNode(value, 'Mul'))).toHaveLength(5);
    expect(values.filter((value) => isNode(value, 'LeakyRelu'))).toHaveLength(5);
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
    expect(() => trace(({ x }) => ({ y: tf.unique(x).values }), options)).toThrow(
      'the compiler has no rule for the TensorFlow.js kernel Unique',
    );
  });

  it.each<[string, (x: tf.Tensor) => unknown]>([
    ['dataSync', (x) => x.dataSync()],
    ['arraySync', (x) => x.arraySync()],
    ['print', (x) => x.print()],
    ['data, which nobody waits for,', (x) => void x.data()],
  ])('%s of a traced value', (_name, read) => {
    expect(() =>
      trace(({ x }) => {
        read(tf.square(x));
        return { x };
      }, options),
    ).toThrow('a compiled step cannot read a value while it is traced');
  });

  it('a tensor that is disposed of', () => {
    const disposed = (x: tf.Tensor): tf.Tensor => {
      const y = tf.square(x);
      y.dispose();
      return y;
    };
    expect(() => trace(({ x }) => ({ y: disposed(x) }), options)).toThrow(
      "the step's output y is disposed of",
    );
    expect(() => trace(({ x }) => ({ y: tf.neg(disposed(x)) }), options)).toThrow(
      'tf.neg: found a tensor that is disposed of',
    );
    expect(() =>
      trace(({ x }) => ({ y: tf.grad((z) => tf.sum(tf.logSigmoid(tf.mul(z, 2))))(x) }), options),
    ).toThrow('write tf.neg(tf.softplus(tf.neg(x)))');
  });

  it('an input that has the name of a variable', () => {
    const w = tf.variable(tf.scalar(2), true, 'x');
    expect(() => trace(({ x }) => ({ y: tf.mul(x, w) }), options)).toThrow(
      'an input and a variable of the step have the name "x"',
    );
  });

  it('two variables of one name, but not one that it does not use', () => {
    const [v, w] = ['v', 'w'].map((name) => tf.variable(tf.scalar(2), true, name));
    const variables = new Map([[v, 'w']]);
    expect(() =>
      trace(({ x }) => ({ y: tf.mul(x, tf.add(v, w)) }), { ...options, variables }),
    ).toThrow('two variables of the step have the name "w"');
    const { graph } = trace(({ x }) => ({ y: tf.mul(x, v) }), { ...options, variables });
    expect(graph.states.map(({ name }) => name)).toEqual(['w']);
  });

  it.each<[string, unknown, string]>([
    [
      'nothing',
      () => undefined,
      'the step returned undefined; expected an object of named tensors',
    ],
    ['a tensor', ({ x }: Tensors) => x, 'the step returned a tensor; expected'],
    ['a number', () => ({ y: 1 }), "the step's output y is the number 1; expected a tensor"],
    ['null', () => ({ y: null }), "the step's output y is no tensor; expected a tensor"],
    ['a promise', async ({ x }: Tensors) => ({ x }), 'the step is asynchronous'],
    ['a promised output', ({ x }: Tensors) => ({ y: Promise.resolve(x) }), 'output y is a promise'],
    ['a nameless output', ({ x }: Tensors) => ({ '': x }), 'output has the name ""'],
  ])('one that returns %s', (_, step, message) => {
    expect(() => trace(step as Step, options)).toThrow(message);
  });

  it.each<[string, Record<string, InputSpec>, string]>([
    [
      'of an open batch',
      { x: { shape: [null, 2] as never } },
      "the step's input x has the shape [null,2]",
    ],
    ['without a shape', { x: {} as never }, "the step's input x has the shape undefined"],
    ['without a name', { '': { shape: [2] } }, 'a step\'s input has the name ""'],
    ['with a name of the compiler', { '%3': { shape: [2] } }, 'a step\'s input has the name "%3"'],
    ['of another type', { x: { shape: [2], dtype: 'complex64' as never } }, 'is of type complex64'],
  ])('one with an input %s', (_, inputs, message) => {
    expect(() => trace(({ x }) => ({ y: tf.neg(x) }), { inputs })).toThrow(message);
  });

  it.each<[string, (x: tf.Tensor) => tf.Tensor]>([
    ['before it computes', (x) => (void tf.setBackend('cpu'), tf.neg(x))],
    [
      'after it',
      (x) => {
        const y = tf.neg(x);
        void tf.setBackend('cpu');
        return y;
      },
    ],
  ])('one that chooses another backend %s', (_, compute) => {
    expect(() => trace(({ x }) => ({ y: compute(x) }), options)).toThrow(
      "the step calls tf.setBackend('cpu'): what computes a compiled step is chosen where it is compiled and loaded",
    );
    expect(tf.getBackend()).toBe('cpu');
  });

  it('one that keeps a tensor from one call to the next', () => {
    let kept: tf.Tensor | undefined;
    expect(() =>
      trace(({ x }) => {
        kept ??= tf.keep(tf.square(x));
        return { y: tf.add(kept, x) };
      }, options),
    ).toThrow('the step keeps a tensor that it computed from one call to the next');
    kept?.dispose();
  });

  it('one that makes a variable at each call', () => {
    expect(() =>
      trace(({ x }) => {
        const made = tf.variable(tf.zeros([2, 2]));
        made.assign(tf.add(made, x));
        return { y: tf.neg(x) };
      }, options),
    ).toThrow('the step makes a new variable each time that it is called');
  });
});

describe('a step that is not the same each time is an error that names the op', () => {
  let calls = 0;
  const time = { now: 1000 };
  beforeEach(() => {
    calls = 0;
    vi.spyOn(Date, 'now').mockImplementation(() => time.now++);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each<[string, (x: tf.Tensor) => tf.Tensor, RegExp]>([
    [
      'tf.randomUniform',
      (x) => tf.mul(x, tf.randomUniform([2, 1])),
      /tf\.randomUniform had \[[-\d.e]+, [-\d.e]+\] of shape \[2, 1\] the first time, then \[/,
    ],
    [
      'tf.randomNormal of many',
      (x) => tf.sum(tf.mul(x, tf.randomNormal([50, 2, 2])), 0),
      /tf\.randomNormal had/,
    ],
    ['tf.truncatedNormal', (x) => tf.mul(x, tf.truncatedNormal([2, 2])), /tf\.truncatedNormal had/],
    [
      'tf.dropout',
      (x) => tf.dropout(tf.concat([x, x, x, x, x, x]), 0.5),
      /tf\.dropout \(tf\.randomUniform\) had/,
    ],
    [
      'Math.random',
      (x) => tf.mul(x, Math.random()),
      /tf\.mul had 0\.\d+ the first time, then 0\.\d+/,
    ],
    [
      'Math.random in tf.scalar',
      (x) => tf.sub(x, tf.scalar(Math.random())),
      /tf\.sub had 0\.\d+ the first time/,
    ],
    ['a clock', (x) => tf.add(x, Date.now()), /tf\.add had 1000 the first time, then 1001/],
    ['a counter', (x) => tf.div(x, ++calls), /tf\.div had 1 the first time, then 2/],
    [
      'a counter of small steps, in one of many numbers',
      (x) => tf.mul(x, tf.slice(tf.tensor1d([7, 7, 7, 7, 2000 + ++calls / 64]), 3)),
      /tf\.slice had \[\.\.\., 2000\.\d+\] of shape \[5\] the first time, then \[\.\.\., 2000/,
    ],
    [
      'a counted branch',
      (x) => (calls++ ? tf.relu(x) : tf.tanh(x)),
      /tf\.tanh was called the first time, tf\.relu the second/,
    ],
    ['a counted shape', (x) => tf.tile(x, [1, ++calls]), /called|other operands or attributes/],
    [
      'a step fewer',
      (x) => (calls++ ? tf.abs(x) : tf.neg(tf.abs(x))),
      /tf\.neg was called the first time only/,
    ],
    [
      'a step more',
      (x) => (calls++ ? tf.neg(tf.abs(x)) : tf.abs(x)),
      /tf\.neg was called the second time only/,
    ],
    [
      'a draw of its own in a gradient',
      (x) => tf.grad((y) => tf.mul(y, tf.randomNormal([2, 2])))(x),
      /tf\.randomNormal had/,
    ],
  ])('%s', (_, f, message) => {
    const step: Step = ({ x }) => ({ y: f(x) });
    const traced = (): unknown => trace(step, { inputs: { x: { shape: [2, 2] } } });
    expect(traced).toThrow(message);
    calls = 0;
    expect(traced).toThrow(
      "what changes from run to run must be an input, a variable that the step assigns, or drawn from the step's second argument, random",
    );
  });

  it('but draws from its second argument are not, nor what is computed from a seed', () => {
    trace(
      ({ x }, random) => ({
        y: tf.mul(random.normal([2, 2]), tf.add(x, tf.randomNormal([2, 2], 0, 1, 'float32', 3))),
      }),
      {
        inputs: { x: { shape: [2, 2] } },
      },
    );
  });

  it('nor an optimizer that makes its slots at the first call', () => {
    const w = tf.variable(tf.ones([2, 2]), true, 'w');
    const optimizer = tf.train.adam(0.1);
    const { graph } = trace(
      ({ x }) => ({ loss: optimizer.minimize(() => tf.sum<tf.Scalar>(tf.mul(w, x)), true)! }),
      { inputs: { x: { shape: [2, 2] } } },
    );
    expect(graph.states).toHaveLength(5);
  });
});
