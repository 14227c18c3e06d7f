/** Where labels in and beside a chart stand. It runs in pages too. */

/** A label of one line, with the gap to the next one. */
export const LABEL_PIXELS = 16;
/** Of a label above its own line. */
const GAP_PIXELS = 3;

/**
 * How far above its own line each level's label stands, so that no label covers another and all stay in the plot: above it by a
 * small gap where there is room, else moved as little as it takes, in the order of the levels.
 *
 * @param heights of the levels above the plot's lower edge, in pixels.
 * @param plot the plot's height in pixels.
 * @returns for each level the pixels from its line up to its label's lower edge; negative below the line.
 */
export function labelLifts(heights: readonly number[], plot: number): number[] {
  const wanted = heights.map((height) => height + GAP_PIXELS);
  return labelEdges(wanted, plot).map((edge, k) => edge - heights[k]);
}

/**
 * Where labels stand so that none covers another and all stay beside the plot: where they are wanted, or moved as little as it takes,
 * in that order.
 *
 * @param wanted lower edges above the plot's, in pixels.
 * @param plot the plot's height in pixels.
 * @param pixels from a label to the next one.
 */
export function labelEdges(
  wanted: readonly number[],
  plot: number,
  pixels = LABEL_PIXELS,
): number[] {
  const order = wanted.map((_, k) => k).sort((a, b) => wanted[a] - wanted[b]);
  const edges = [...wanted];
  let free = 0;
  for (const k of order) {
    edges[k] = Math.max(edges[k], free);
    free = edges[k] + pixels;
  }
  let most = plot - pixels;
  for (const k of order.reverse()) {
    edges[k] = Math.min(edges[k], most);
    most = edges[k] - pixels;
  }
  return edges;
}
