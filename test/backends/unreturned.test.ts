import { beforeAll, describe, expect, it } from 'vitest';
import { loadNative } from '../../src/backends/onnxruntime-node.js';
import type { Runtime, Tensors } from '../../src/backends/runtime.js';
import {
  doneMessageOf,
  runUnreturned,
  withUnreturnableOutput,
} from '../../src/backends/unreturned.js';
import { Builder } from '../../src/compiler/graph/builder.js';
import { encodeOnnx } from '../../src/compiler/onnx/encode.js';
import { HAS_NATIVE } from '../support/backends.js';

const builder = new Builder();
const x = builder.input('x', [2, 2], 'float32');
const y = builder.input('y', [2, 2], 'float32');
const MODEL = encodeOnnx(
  'product',
  [
    { name: 'x', value: x },
    { name: 'y', value: y },
  ],
  [{ name: 'xy', value: builder.op('Gemm', [x, y], { transA: false, transB: false }) }],
);

describe.runIf(HAS_NATIVE)('a native run whose outputs are not returned', () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await loadNative(1);
  });
  const tensor: Runtime['tensor'] = (...parts) => runtime.tensor(...parts);
  const feed = (): Tensors => ({
    x: tensor('float32', Float32Array.of(1, 2, 3, 4), [2, 2]),
    y: tensor('float32', Float32Array.of(5, 6, 7, 8), [2, 2]),
  });

  it('is possible with the installed onnxruntime-node', async () => {
    expect(await doneMessageOf((model) => runtime.createSession(model), tensor)).toMatch(/tensor/i);
  });

  it('leaves its outputs in their places, each time', async () => {
    const place = new Float32Array(4);
    const inputs = feed();
    const model = await runtime.bind(MODEL, inputs, { xy: tensor('float32', place, [2, 2]) });
    await model.run();
    expect([...place]).toEqual([19, 22, 43, 50]);
    (inputs.x.data as Float32Array).set([1, 0, 0, 1]);
    await model.run();
    expect([...place]).toEqual([5, 6, 7, 8]);
    await model.release();
  });

  it('throws what fails in earnest', async () => {
    const session = await runtime.createSession(withUnreturnableOutput(MODEL));
    const message = (await doneMessageOf((model) => runtime.createSession(model), tensor))!;
    const outputs = { xy: tensor('float32', new Float32Array(4), [2, 2]) };
    await expect(runUnreturned(session, { x: feed().x }, outputs, message)).rejects.toThrow();
    const wrong = { ...feed(), y: tensor('float32', new Float32Array(3), [3, 1]) };
    await expect(runUnreturned(session, wrong, outputs, message)).rejects.toThrow();
    await session.release();
  });
});

describe('a runtime that returns everything', () => {
  it('is recognised: it is run as usual', async () => {
    const session = { run: () => Promise.resolve({}), release: () => Promise.resolve() };
    const createSession = (() => Promise.resolve(session)) as unknown as Runtime['createSession'];
    const tensor = (() => ({})) as unknown as Runtime['tensor'];
    expect(await doneMessageOf(createSession, tensor)).toBeUndefined();
  });

  it('is recognised when it fails before anything is computed', async () => {
    const createSession: Runtime['createSession'] = () => Promise.reject(new Error('no sequences'));
    const tensor = (() => ({})) as unknown as Runtime['tensor'];
    expect(await doneMessageOf(createSession, tensor)).toBeUndefined();
  });
});
