/** How images are to be read; what is absent, the images decide. */
export interface ReadOptions {
  /** Height and width in pixels: images are cropped to a square and scaled. */
  readonly size?: number;
  readonly color?: 'gray' | 'rgb';
  /** Leaves out what cannot be read, and names it, instead of refusing the set. */
  readonly skipBad?: boolean;
}

/** How a data set is read: what a run's description keeps, so that the same images come again. */
export interface LoadOptions extends ReadOptions {
  /** Share of the training images that is set aside as test images, where the set has none. */
  readonly testShare?: number;
  /** Of which images are set aside. */
  readonly seed?: number;
}
