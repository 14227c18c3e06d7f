import type { ImageShape } from '../data/image-set.js';
import { Random } from '../data/random.js';
import { toBytes } from '../images/grid.js';
import type { Generator } from '../runs/generator.js';

/** Images of one generator, of one z after another. */
export class LatentStream {
  private readonly random: Random;

  /**
   * @param stream names it among the streams of the seed.
   * @param label what all images are asked for as; without it a conditional model's classes come in turn.
   */
  constructor(
    private readonly generator: Generator,
    seed: number,
    stream: string,
    private readonly label?: number,
  ) {
    this.random = new Random(seed, stream);
  }

  /** Of an image. */
  get shape(): ImageShape {
    return this.generator.shape;
  }

  /** The next images as bytes [count, height, width, channels]: round((x + 1) 127.5). */
  async draw(count: number): Promise<Uint8Array> {
    return toBytes(await this.generator.draw(count, this.random, this.label));
  }
}
