import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { modelNamed } from '../../bench/models.js';
import { flopsOf, stepProducts, type Product } from '../../bench/products.js';
import { simplifiedGraph } from '../support/compile.js';
import { rootsOf, type Graph } from '../../src/compiler/graph/graph.js';
import { isNode, operandsOf, topological } from '../../src/compiler/graph/value.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const BATCH = 12;
const UNITS = 16;

/** The products that the compiled step contains, but for sums over rows, which it takes as products with ones. */
function productsOf(graph: Graph): Product[] {
  return topological(rootsOf(graph)).flatMap((value) => {
    if (!isNode(value, 'Gemm')) return [];
    const { transA, transB } = value.source.attributes;
    const [m, n] = value.shape;
    if (operandsOf(value).some((operand) => isNode(operand, 'Expand'))) return [];
    return [{ m, k: operandsOf(value)[0].shape[transA ? 0 : 1], n, transA, transB }];
  });
}

const sorted = (products: readonly Product[]): string[] =>
  products
    .map(({ m, k, n, transA, transB }) => `${m} ${k} ${n} ${transA} ${transB}`)
    .sort((a, b) => (a < b ? -1 : 1));

describe('the products of a step', () => {
  it('of the dense GAN take the operations of the closed form', () => {
    const { gan } = modelNamed('dense').build(BATCH, UNITS);
    const first = { generator: 100 * UNITS, discriminator: 784 * UNITS };
    const generator = first.generator + UNITS * 2 * UNITS + 2 * UNITS * 784;
    const discriminator = first.discriminator + UNITS * 2 * UNITS + 2 * UNITS;
    // A pass over a batch takes a product for each weight matrix: forward, weight gradient, input gradient. The
    // generator makes all three, the discriminator all three for twice the batch and two for the fake images; the first
    // layers need no input gradient, but for the one that leads back to the generator.
    const passes = 3 * generator - first.generator + 2 * (3 * discriminator - first.discriminator);
    expect(flopsOf(stepProducts(gan, BATCH))).toBe(2 * BATCH * (passes + 2 * discriminator));
  });

  it('of the dense GAN are those of the compiled step, transpositions included', () => {
    const { gan, step, inputs, variables } = modelNamed('dense').build(BATCH, UNITS);
    const graph = simplifiedGraph(step, { inputs, variables });
    expect(sorted(productsOf(graph))).toEqual(sorted(stepProducts(gan, BATCH)));
  });

  it('of the convolutional GAN are as many operations as its layers have multiplications', () => {
    const { gan } = modelNamed('conv').build(BATCH, UNITS);
    const at = { half: 14 * 14, quarter: 7 * 7 };
    const generator = 100 * 512 + 512 * 3136 + at.quarter * 25 * 64 * 64 + at.half * 25 * 64 * 1;
    const discriminator = at.half * 25 * 1 * 64 + at.quarter * 25 * 64 * 128 + 6272 * 512 + 512;
    const passes = 3 * generator - 100 * 512 + 2 * (3 * discriminator - at.half * 25 * 64);
    expect(flopsOf(stepProducts(gan, BATCH))).toBe(2 * BATCH * (passes + 2 * discriminator));
  });
});
