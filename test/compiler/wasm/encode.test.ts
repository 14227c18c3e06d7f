import { describe, expect, it } from 'vitest';
import {
  unsigned,
  V128,
  wasmFunction,
  type WasmFunction,
} from '../../../src/compiler/wasm/assembler.js';
import { encodeModule } from '../../../src/compiler/wasm/encode.js';
import { f32x4, v128 } from '../../../src/compiler/wasm/instructions.js';
import * as tf from '@tensorflow/tfjs-core';
import { NATIVE } from '../../../src/compiler/target.js';
import { compiledFor } from '../../support/compile.js';
import '../oracle.js';

const MEMORY = { pages: 1, shared: false };

describe('the encoder', () => {
  it('writes LEB128 as its specification has it', () => {
    // The example of Wikipedia's article (624485), and the borders of one, two and three bytes.
    expect(unsigned(624485)).toEqual([0xe5, 0x8e, 0x26]);
    expect([0, 127, 128, 16383, 16384].map(unsigned)).toEqual([
      [0x00],
      [0x7f],
      [0x80, 0x01],
      [0xff, 0x7f],
      [0x80, 0x80, 0x01],
    ]);
  });

  it('writes a module without functions, and one with two', () => {
    expect(WebAssembly.validate(encodeModule([], MEMORY))).toBe(true);
    const empty = { parameters: 1, locals: [], body: [] };
    const two = [
      { ...empty, name: 'a' },
      { ...empty, name: 'b' },
    ];
    const module = new WebAssembly.Module(encodeModule(two, MEMORY));
    expect(WebAssembly.Module.exports(module)).toEqual([
      { name: 'a', kind: 'function' },
      { name: 'b', kind: 'function' },
    ]);
  });

  it.each([true, false])('writes an import of a memory that is shared: %s', async (shared) => {
    const module = encodeModule([], { pages: 3, shared });
    const memory = (other: boolean): WebAssembly.Memory =>
      new WebAssembly.Memory({ initial: 3, maximum: 3, shared: other });
    await WebAssembly.instantiate(module, { env: { memory: memory(shared) } });
    await expect(
      WebAssembly.instantiate(module, { env: { memory: memory(!shared) } }),
    ).rejects.toThrow(WebAssembly.LinkError);
  });

  it.each([20, 100, 10_000])('writes a function with %i local variables', async (count) => {
    // Each is the one before it and 1 more; the last is written over what was read first.
    const sum: WasmFunction = wasmFunction('f', 1, (local, at) => {
      const sums = Array.from({ length: count }, () => local(V128));
      return [
        sums[0].set(v128.load(at.get)),
        sums.slice(1).map((x, k) => x.set(f32x4.add(sums[k].get, f32x4.splat(1)))),
        v128.store(at.get, sums[count - 1].get),
      ];
    });
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
    const { instance } = await WebAssembly.instantiate(encodeModule([sum], MEMORY), {
      env: { memory },
    });
    const numbers = new Float32Array(memory.buffer, 64, 4);
    numbers.set([0, 1, 2, 3]);
    (instance.exports.f as (address: number) => void)(64);
    expect([...numbers]).toEqual([0, 1, 2, 3].map((x) => x + count - 1));
  });
});

it('tasks that differ only in their arrays share a function', () => {
  const [v, w] = [1, 2].map(() => tf.variable(tf.zeros([300])));
  const { program } = compiledFor(
    NATIVE,
    ({ x, y }) => {
      v.assign(tf.sub(v, tf.mul(0.1, x)));
      w.assign(tf.sub(w, tf.mul(0.1, y)));
      return {};
    },
    { inputs: { x: { shape: [300] }, y: { shape: [300] } } },
  );
  tf.disposeVariables();
  const names = WebAssembly.Module.exports(new WebAssembly.Module(program.module));
  expect(names.map(({ name }) => name)).toEqual(['task0', 'run', 'serve', 'sleep']);
});
