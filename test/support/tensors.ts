import type { Values } from '../../src/backends/index.js';

/** Distance between lists of tensors in the Euclidean norm, over the norm of what is expected. */
export class Distance {
  squared = 0;
  private size = 0;

  add(found: Values, expected: Values): this {
    expected.forEach((x, k) => {
      this.squared += (x - found[k]) ** 2;
      this.size += x * x;
    });
    return this;
  }

  get relative(): number {
    return Math.sqrt(this.squared / this.size);
  }
}
