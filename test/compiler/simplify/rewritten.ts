import { expect } from 'vitest';
import { Builder } from '../../../src/compiler/graph/builder.js';
import { verify, type Graph } from '../../../src/compiler/graph/graph.js';
import { printGraph } from '../../../src/compiler/graph/print.js';
import { encodeOnnx } from '../../../src/compiler/onnx/encode.js';
import { REWRITES, untilStable } from '../../../src/compiler/simplify/simplify.js';
import type { Value } from '../../../src/compiler/graph/value.js';
import { CLOSE, expectClose, native, randomValues } from '../oracle.js';

/** Makes a value from x [2, 3] and y [3]. */
export type Make = (b: Builder, x: Value, y: Value) => Value;

const backend = await native();
function graphOf(make: Make): { graph: Graph; builder: Builder } {
  const builder = new Builder();
  const x = builder.input('x', [2, 3], 'float32');
  const y = builder.input('y', [3], 'float32');
  // The sine is there to be computed, whatever is left of its operand.
  const out = builder.op('Sin', [make(builder, x, y)], {});
  return {
    graph: verify({ inputs: [x, y], states: [], outputs: new Map([['out', out]]) }, 'test'),
    builder,
  };
}

async function run({ inputs, outputs }: Graph): Promise<Float32Array> {
  const bytes = encodeOnnx(
    'test',
    inputs.map((value, k) => ({ name: 'xy'[k], value })),
    [...outputs].map(([name, value]) => ({ name, value })),
  );
  const model = await backend.loadModel!(bytes);
  const results = await model.run({
    x: { data: randomValues(6, 1), shape: [2, 3] },
    y: { data: randomValues(3, 2), shape: [3] },
  });
  await model.dispose();
  return results.out.data;
}

const body = (graph: Graph): string => printGraph(graph).split('\n').slice(2).join('\n');

/** What one rewrite alone makes of a graph, as text; it must compute the same. */
export async function rewritten(name: string, make: Make): Promise<string> {
  const { graph, builder } = graphOf(make);
  const simple = untilStable(graph, builder, { [name]: REWRITES[name] });
  expectClose(await run(simple), await run(graph), CLOSE, name);
  return `${body(graph)}\n->\n${body(simple)}`;
}

/** That a rewrite leaves these graphs alone. */
export function expectUntouched(name: string, makes: Record<string, Make>): void {
  for (const [what, make] of Object.entries(makes)) {
    const { graph, builder } = graphOf(make);
    expect(body(untilStable(graph, builder, { [name]: REWRITES[name] })), what).toBe(body(graph));
  }
}

export const expandY: Make = (b, _x, y) => b.op('Expand', [y], { shape: [2, 3] });
