import { Builder } from '../src/compiler/graph/builder.js';
import { encodeOnnx, type Port } from '../src/compiler/onnx/encode.js';
import type { Product } from './products.js';

/** An ONNX model of nothing but products, each of two inputs and one output of its own. */
export interface ProductModel {
  readonly bytes: Uint8Array;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** Encodes the products as one graph; none depends on another, and none shares a matrix with another. */
export function productModel(products: readonly Product[]): ProductModel {
  const builder = new Builder();
  const inputs: Port[] = [];
  const input = (name: string, shape: readonly number[]): Port['value'] => {
    const value = builder.input(name, shape, 'float32');
    inputs.push({ name, value });
    return value;
  };
  const outputs = products.map(({ m, k, n, transA, transB }, index): Port => {
    const a = input(`a${index}`, transA ? [k, m] : [m, k]);
    const b = input(`b${index}`, transB ? [n, k] : [k, n]);
    return { name: `c${index}`, value: builder.op('Gemm', [a, b], { transA, transB }) };
  });
  return { bytes: encodeOnnx('products', inputs, outputs), inputs, outputs };
}
