import '../tfjs.js';
import * as tf from '@tensorflow/tfjs-core';
import type { Backend, Executable } from '../backends/index.js';
import { compile } from '../compiler/compile.js';
import type { Step } from '../compiler/trace/trace.js';

/** Points of a product: the matrix between stays in a processor's cache. */
const ROWS = 512;
const COLUMNS = 1024;

/** A part of the matrix of distances. */
export interface Tile {
  /** Of its first row and column. */
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
  /** Squared Euclidean distances: that of row i and column j is at i * stride + j. Overwritten by the next tile. */
  readonly squares: Float32Array;
  readonly stride: number;
}

/**
 * Euclidean distances between many feature vectors, |a|^2 + |b|^2 - 2 a b: one matrix product on the backend for each tile. In float32, so
 * that a square is wrong by about 1e-7 of |a|^2 + |b|^2.
 */
export class Pairs {
  private constructor(
    private readonly executable: Executable,
    readonly dimensions: number,
  ) {}

  static async create(dimensions: number, backend: Backend): Promise<Pairs> {
    const step: Step = ({ a, b }) => {
      const lengths = tf.add(
        tf.sum(tf.square(a), 1, true),
        tf.reshape(tf.sum(tf.square(b), 1), [1, COLUMNS]),
      );
      return { squares: tf.sub(lengths, tf.mul(2, tf.matMul(a, b, false, true))) };
    };
    const compiled = compile(step, backend.target, {
      inputs: { a: { shape: [ROWS, dimensions] }, b: { shape: [COLUMNS, dimensions] } },
      variables: new Map(),
    });
    const executable = await backend.load(compiled);
    return new Pairs(executable, dimensions);
  }

  /**
   * All distances from points to points, a tile at a time.
   *
   * @param from [n, dimensions]
   * @param to [m, dimensions]
   * @throws whatever the signal's reason is, once it has come.
   */
  async *tiles(from: Float32Array, to: Float32Array, signal?: AbortSignal): AsyncGenerator<Tile> {
    const { dimensions, executable } = this;
    const [n, m] = [from.length / dimensions, to.length / dimensions];
    for (let column = 0; column < m; column += COLUMNS) {
      const columns = Math.min(COLUMNS, m - column);
      (executable.inputs.b as Float32Array).set(part(to, column, columns, dimensions));
      for (let row = 0; row < n; row += ROWS) {
        signal?.throwIfAborted();
        const rows = Math.min(ROWS, n - row);
        (executable.inputs.a as Float32Array).set(part(from, row, rows, dimensions));
        const { squares } = await executable.run();
        yield { row, column, rows, columns, squares: squares as Float32Array, stride: COLUMNS };
      }
    }
  }

  dispose(): Promise<void> {
    return this.executable.dispose();
  }
}

const part = (points: Float32Array, from: number, count: number, dimensions: number) =>
  points.subarray(from * dimensions, (from + count) * dimensions);
