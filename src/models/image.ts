/** Rows and columns of an MNIST image. */
export const SIDE = 28;
/** Pixels of an MNIST image. */
export const PIXELS = SIDE * SIDE;
