import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rootsOf } from '../../../src/compiler/graph/graph.js';
import { topological, type Value } from '../../../src/compiler/graph/value.js';
import { KERNELS } from '../../../src/compiler/kernels/index.js';
import { REFUSED } from '../../../src/compiler/kernels/refused.js';
import { trace, type InputSpec } from '../../../src/compiler/trace/trace.js';
import { isGenerated } from '../../../src/compiler/wasm/tasks/generated-ops.js';
import '../oracle.js';
import type { TensorCase } from './cases.js';
import { ENTRIES } from './entries.js';

/** Every kernel name of TensorFlow.js: its constants that are their own names. */
const ALL = Object.entries(tf)
  .filter(([name, value]) => typeof value === 'string' && name === value)
  .map(([name]) => name)
  .sort();

const SAMPLES = 20;

/** Where the result is knowingly another than that of TensorFlow.js' cpu backend. */
const DIFFERENT: Readonly<Record<string, string>> = {
  ResizeBilinear: 'a product: one NaN or infinity spreads to its row and column',
  Step: "of NaN 0, as TensorFlow's gradient of relu; TensorFlow.js gives NaN",
  StridedSlice:
    "with shrinkAxisMask and steps TensorFlow.js' cpu backend takes other elements than TensorFlow",
  TopK: 'of equal numbers the first come first; TensorFlow.js says nothing of their order',
  UnsortedSegmentSum: 'a product: one NaN or infinity spreads to every segment',
};

/** What of a kernel's ops has no generated code, in some of the cases that it is tested with. */
function onnxOnly(kernel: string): string[] {
  const found = new Set<string>();
  for (const { inputs, attributes } of fc.sample(ENTRIES[kernel].cases, {
    numRuns: SAMPLES,
    seed: 1,
  })) {
    const named = Object.entries(inputs as Record<string, TensorCase>);
    const specs = Object.fromEntries(
      named.map(([name, { shape, dtype }]): [string, InputSpec] => [name, { shape, dtype }]),
    );
    const { graph } = trace(
      (given) => {
        const operands = Array.isArray(inputs) ? named.map(([name]) => given[name]) : given;
        const results = tf.engine().runKernel(kernel, operands as never, attributes as never);
        return Object.fromEntries([results].flat().map((x, k) => [`y${k}`, x]));
      },
      { inputs: specs },
    );
    const nodes = topological(rootsOf(graph)).filter(({ source }) => source.kind === 'node');
    for (const value of nodes) if (!isGenerated(value)) found.add(nameOf(value));
  }
  return [...found].sort();
}

function nameOf({ source }: Value): string {
  if (source.kind !== 'node') return '';
  return `${source.op} of ${source.operands[0].dtype}`;
}

it('docs/kernels.md names every kernel of TensorFlow.js, and what computes it', async () => {
  await tf.setBackend('cpu');
  expect([...Object.keys(KERNELS), ...Object.keys(REFUSED)].sort()).toEqual(ALL);
  const row = (kernel: string): string => {
    if (kernel in REFUSED) return `| ${kernel} | refused | refused | ${REFUSED[kernel]} |`;
    const rest = onnxOnly(kernel);
    const remarks = [
      ...(rest.length === 0 ? [] : [`on wasm, ${rest.join(', ')} by ONNX`]),
      ...(kernel in DIFFERENT ? [DIFFERENT[kernel]] : []),
    ];
    return `| ${kernel} | ONNX | generated | ${remarks.join('; ')} |`;
  };
  const text = [
    '# Kernels',
    '',
    `What the compiler makes of each of the ${ALL.length} kernels of TensorFlow.js ${tf.version_core}: ${Object.keys(KERNELS).length} are compiled. Written by`,
    '`npx vitest run test/compiler/kernels/documented.test.ts -u`.',
    '',
    'On `native`, ONNX Runtime computes them, but for the element-wise ends of next states (an optimizer), which are generated; on `wasm` code is generated.',
    '',
    '| kernel | native | wasm | remark |',
    '|---|---|---|---|',
    ...ALL.map(row),
    '',
  ].join('\n');
  await expect(text).toMatchFileSnapshot('../../../docs/kernels.md');
});
