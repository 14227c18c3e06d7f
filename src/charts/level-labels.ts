/** Where the labels of a chart's levels stand. It runs in pages too. */

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
  const order = heights.map((_, k) => k).sort((a, b) => heights[a] - heights[b]);
  const places = heights.map((height) => height + GAP_PIXELS);
  let free = 0;
  for (const k of order) {
    places[k] = Math.max(places[k], free);
    free = places[k] + LABEL_PIXELS;
  }
  let most = plot - LABEL_PIXELS;
  for (const k of order.reverse()) {
    places[k] = Math.min(places[k], most);
    most = places[k] - LABEL_PIXELS;
  }
  return places.map((place, k) => place - heights[k]);
}
