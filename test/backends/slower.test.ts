import { describe, expect, it } from 'vitest';
import { loadBackend } from '../../src/backends/index.js';
import { Builder } from '../../src/compiler/graph/builder.js';
import type { Graph } from '../../src/compiler/graph/graph.js';
import { printPlan } from '../../src/compiler/plan/print.js';
import { browserTarget, wasmTarget } from '../../src/compiler/target.js';
import { compileGraph } from '../support/compile.js';

/** Ops with generated code around one of ONNX that has none, whose result a state becomes. */
function graphOf(origin: string): Graph {
  const builder = new Builder();
  const x = builder.input('x', [1, 1, 3, 3], 'float32');
  const current = builder.state('s', [1, 1, 2, 2], 'float32');
  const filter = builder.constant(Float32Array.of(1, 2, 3, 4), [1, 1, 2, 2], 'float32');
  const doubled = builder.op('Add', [x, x], {});
  builder.origin = origin;
  const window = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] };
  const y = builder.op('Conv', [doubled, filter], window);
  const next = builder.op('Add', [builder.op('Neg', [y], {}), current], {});
  return {
    inputs: [x],
    states: [{ name: 's', current, next, initial: Float32Array.of(1, 2, 3, 4) }],
    outputs: new Map([['y', y]]),
  };
}

describe('an op without generated code', () => {
  it.each([1, 2])('is left to onnxruntime-web alone, on %i threads', async (threads) => {
    const compiled = compileGraph(graphOf('tf.conv2d'), wasmTarget(threads));
    expect(printPlan(compiled)).toMatchInlineSnapshot(`
      "0. wasm
         Add (x: f32[1, 1, 3, 3]) -> (%2: f32[1, 1, 3, 3])
      1. onnx (%2: f32[1, 1, 3, 3]) -> (%3: f32[1, 1, 2, 2])
      2. wasm
         Neg Add (%3: f32[1, 1, 2, 2], s: f32[1, 1, 2, 2]) -> (%5: f32[1, 1, 2, 2])"
    `);
    const executable = await (
      await loadBackend('wasm', threads)
    ).load(compiled, {
      warn: () => {},
    });
    executable.inputs.x.set([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    // Of the sums x + 2 y + 3 z + 4 w of each square, the double.
    const sums = [37, 47, 67, 77].map((sum) => 2 * sum);
    for (let run = 1; run <= 3; run++) {
      expect([...(await executable.run()).y]).toEqual(sums);
      const expected = sums.map((sum, k) => k + 1 - run * sum);
      expect([...executable.readState().get('s')!]).toEqual(expected);
    }
    await executable.dispose();
  });

  it('is named, once', async () => {
    const backend = await loadBackend('wasm', 1);
    const said: string[] = [];
    const warn = (sentence: string): void => void said.push(sentence);
    for (let time = 0; time < 2; time++) {
      const compiled = compileGraph(graphOf('tf.slowOp'), wasmTarget(1));
      await (await backend.load(compiled, { warn })).dispose();
    }
    expect(said).toEqual([
      expect.stringMatching(
        /^tf\.slowOp has no generated code: onnxruntime-web [\d.]+ computes it, which is slower$/,
      ),
    ]);
  });

  it('is refused by name where there is no ONNX Runtime', () => {
    expect(() => compileGraph(graphOf('tf.conv2d'), browserTarget(1))).toThrow(
      'there is no generated code for tf.conv2d (Conv of f32[1, 1, 2, 2]), and the target browser has no ONNX Runtime',
    );
  });
});
