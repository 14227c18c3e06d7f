import { bytesOf, type ImageShape } from '../data/image-set.js';
import { gridSize, scaleOf } from '../images/grid.js';
import type { Frame } from './frames.js';
import { Html, html, jsonScript } from './html.js';

/** A grid of images in a page. */
export interface Grid {
  readonly shape: ImageShape;
  readonly columns: number;
  readonly count: number;
}

export const gridOf = (images: Uint8Array, shape: ImageShape, columns: number): Grid => ({
  shape,
  columns,
  count: images.length / bytesOf(shape),
});

/** An enlarged grid. @param label what it shows, for who does not see it. */
export function gridPicture(image: string, grid: Grid, label: string): Html {
  const { shape, columns, count } = grid;
  const { width, height } = gridSize(count, shape, columns, 1);
  const scale = new Html(String(scaleOf(shape)));
  return html`<img
    class="grid"
    src="${image}"
    alt="${label}"
    width="${width}"
    height="${height}"
    style="--scale: ${scale}; --pixels: ${width}"
  />`;
}

export interface Player {
  /** At least one, in the order of epochs. */
  readonly frames: readonly Frame[];
  readonly grid: Grid;
  readonly title: string;
  readonly caption: string;
  /** What a frame shows, as "64 samples". */
  readonly what: string;
  /** Whose samples they are, on a page that may come to show others. */
  readonly run?: string;
  /** Names of the grid's rows, where they have any. */
  readonly rows?: readonly (string | Html)[];
}

/** The samples of a run with a slider over its epochs, which the page's script shows; without one, those of the last epoch. */
export function playerPart({ frames, grid, title, caption, what, run, rows }: Player): Html {
  const last = frames.at(-1)!;
  const picture = gridPicture(last.image, grid, `${what} of epoch ${last.epoch}`);
  return html`<figure class="player" id="samples" data-what="${what}" data-run="${run}">
    <figcaption>
      <b>${title}</b>
      <span class="faint">epoch <span class="shown">${last.epoch}</span>. ${caption}</span>
    </figcaption>
    ${rows === undefined ? picture : withRows(picture, rows)}
    <div class="slider" hidden>
      <button type="button">Play</button>
      <input
        type="range"
        min="0"
        max="${frames.length - 1}"
        value="${frames.length - 1}"
        aria-label="epoch"
      />
      <output>epoch ${last.epoch}</output>
    </div>
    ${jsonScript([...frames.slice(0, -1), { epoch: last.epoch }])}
  </figure> `;
}

const withRows = (picture: Html, rows: readonly (string | Html)[]): Html =>
  html`<div class="rows">
    <ol>
      ${rows.map((row) => html`<li>${row}</li> `)}
    </ol>
    ${picture}
  </div>`;

/** Real images beside generated ones. */
export function realPart(image: string, grid: Grid, caption: string): Html {
  return html`<figure class="real" id="real">
    <figcaption><b>Real</b> <span class="faint">${caption}</span></figcaption>
    ${gridPicture(image, grid, `${grid.count} real images`)}
  </figure> `;
}

/** A walk through z: all of its images, and with the page's script one of them large, to move along. */
export function walkPart(image: string, grid: Grid): Html {
  const [height, width] = grid.shape;
  return html`<section>
    <h2>A walk through z</h2>
    <p class="faint">
      From one point in z to the next and back to the first, in small steps: a generator that has
      learned what images have in common changes one into another, and does not jump.
    </p>
    <figure
      class="walk"
      data-width="${width}"
      data-height="${height}"
      data-columns="${grid.columns}"
      data-count="${grid.count}"
    >
      ${gridPicture(image, grid, `${grid.count} images of a walk through z, row by row`)}
      <div class="stop" hidden>
        <canvas role="img" aria-label="the image at this point of the walk"></canvas>
        <div class="slider">
          <button type="button">Play</button>
          <input
            type="range"
            min="0"
            max="${grid.count - 1}"
            value="0"
            aria-label="point of the walk"
          />
        </div>
        <p class="faint">Move the slider, or point at the picture.</p>
      </div>
    </figure>
  </section>`;
}
