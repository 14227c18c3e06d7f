/** How many classes occur among images, and how far their shares are from those of the data. */
export interface Modes {
  /** Images that were judged. */
  readonly images: number;
  /** Classes that at least one image was taken for. */
  readonly found: number;
  /** Classes that there are. */
  readonly of: number;
  /**
   * Kullback-Leibler divergence of the images' classes from the data's, in nats: the sum of p log(p / q), p of the images, q of the
   * data. As for lost modes in Metz et al., arXiv 1611.02163, section 3.3.1, and Lin et al., arXiv 1712.04086, section 4.2.
   */
  readonly divergence: number;
}

/**
 * @param histogram images of each class, at least one in all.
 * @param shares of each class in the data; none is 0 where there are images.
 */
export function modesOf(histogram: readonly number[], shares: ArrayLike<number>): Modes {
  const images = histogram.reduce((sum, count) => sum + count, 0);
  const divergence = histogram.reduce((sum, count, k) => {
    const share = count / images;
    return count === 0 ? sum : sum + share * Math.log(share / shares[k]);
  }, 0);
  return {
    images,
    found: histogram.filter((count) => count > 0).length,
    of: histogram.length,
    divergence: Math.max(0, divergence),
  };
}
