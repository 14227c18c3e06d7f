import type { ImageShape } from '../data/image-set.js';
import { Random } from '../data/random.js';
import { toBytes } from '../images/grid.js';
import type { Generator } from '../runs/generator.js';
import { readRunDescription } from '../runs/run-description.js';
import type { RunModels } from '../runs/run-models.js';

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

/**
 * A model of one digit makes fewer of its unusual forms than there are. A wider z brings more of them: ARCHITECTURE.md has the
 * figures. 1.15 is from another ten models, trained in PyTorch, of 1, 1.15 and 1.3.
 */
const WIDER = 1.15;

/** By how much z is scaled where the user does not say: more than 1 for models of one digit with a normal z. */
export function defaultLatentScale(found: RunModels): number {
  if (found.kind === 'all-digits') return 1;
  const isWider = (folder: string): boolean => {
    const { latent, conditional } = readRunDescription(folder).options;
    return latent === 'normal' && !conditional;
  };
  return [...found.folders.values()].every(isWider) ? WIDER : 1;
}
