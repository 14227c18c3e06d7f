import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { loadBackend, type Executable } from '../../src/backends/index.js';
import { load } from '../support/compile.js';
import { randomValues } from '../compiler/oracle.js';

afterEach(() => tf.disposeVariables());

const SIZE = 120;

async function prepared(threads: number): Promise<Executable> {
  const backend = await loadBackend('wasm', threads);
  const w = tf.variable(tf.tensor2d(randomValues(SIZE * SIZE, 1), [SIZE, SIZE]), true, 'w');
  const executable = await load(
    backend,
    ({ x }) => {
      const y = tf.tanh(tf.matMul(x, w));
      w.assign(tf.add(tf.mul(w, 0.9), tf.mul(tf.matMul(x, y, true), 0.01)));
      return { y };
    },
    { inputs: { x: { shape: [SIZE, SIZE] } } },
  );
  executable.inputs.x.set(randomValues(SIZE * SIZE, 2));
  tf.disposeVariables();
  return executable;
}

describe('threads of a generated step', () => {
  it.each([2, 3, 5])('%i of them compute what one does, asleep between steps or not', async (n) => {
    const [one, several] = [await prepared(1), await prepared(n)];
    for (let step = 0; step < 30; step++) {
      if (step % 10 === 5) await new Promise((resolve) => setTimeout(resolve, 20));
      const expected = (await one.run()).y.slice();
      expect((await several.run()).y.slice()).toEqual(expected);
    }
    expect(several.readState()).toEqual(one.readState());
    await one.dispose();
    await several.dispose();
  });

  it('are there again after others have ended', async () => {
    for (let k = 0; k < 5; k++) {
      const executable = await prepared(3);
      await executable.run();
      await executable.dispose();
      await executable.dispose();
    }
  });

  it('let a process end that has forgotten to dispose of them', async () => {
    const script = `
      import './dist/tfjs.js';
      import * as tf from '@tensorflow/tfjs-core';
      import { loadBackend } from './dist/backends/index.js';
      import { compile } from './dist/compiler/compile.js';
      await tf.ready();
      const backend = await loadBackend('wasm', 3);
      const step = ({ x }) => ({ y: tf.tanh(x) });
      const compiled = compile(step, backend.target, { inputs: { x: { shape: [50000] } } });
      const executable = await backend.load(compiled);
      await executable.run();
      console.log('ran');
    `;
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--input-type=module',
      '--eval',
      script,
    ]);
    expect(stdout).toContain('ran');
  });
});
