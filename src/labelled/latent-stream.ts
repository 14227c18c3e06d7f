import { Random } from '../data/random.js';
import { toBytes } from '../images/grid.js';
import type { Generator } from '../runs/generator.js';

/** Images of one generator, of one z after another. */
export class LatentStream {
  private readonly random: Random;

  /** @param stream names it among the streams of the seed. */
  constructor(
    private readonly generator: Generator,
    seed: number,
    stream: string,
  ) {
    this.random = new Random(seed, stream);
  }

  /** The next images as bytes [count, 784]: round((x + 1) 127.5). */
  async draw(count: number): Promise<Uint8Array> {
    return toBytes(await this.generator.draw(count, this.random));
  }
}
