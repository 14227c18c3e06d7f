import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as ResvgWasm from '@resvg/resvg-wasm';
import { othersTurn } from '../turns.js';
import { vendored } from '../vendor.js';
import { compileBaseline } from './baseline-wasm.js';
import type { Image } from './image.js';

const require = createRequire(import.meta.url);

/** The family that SVG texts must name. Its file comes with this package, so that no font need be installed. */
export const FONT_FAMILY = 'DejaVu Sans';

let loading: Promise<typeof ResvgWasm> | undefined;
let font: Uint8Array;

/** Loads the rasteriser and the font on first use only: most commands draw nothing. */
function loadResvg(): Promise<typeof ResvgWasm> {
  loading ??= (async () => {
    const resvg = await import('@resvg/resvg-wasm');
    await resvg.initWasm(
      compileBaseline(readFileSync(require.resolve('@resvg/resvg-wasm/index_bg.wasm'))),
    );
    font = readFileSync(vendored('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'));
    return resvg;
  })();
  return loading;
}

async function render(svg: string) {
  const { Resvg } = await loadResvg();
  // Loading and each drawing take a tenth of a second or two: signals are heard in between.
  await othersTurn();
  const options = {
    font: { fontBuffers: [font], defaultFontFamily: FONT_FAMILY, loadSystemFonts: false },
  };
  const drawing = new Resvg(svg, options);
  const image = drawing.render();
  const { width, height, pixels } = image;
  const png = () => image.asPng();
  const free = () => {
    image.free();
    drawing.free();
  };
  return { width, height, pixels, png, free };
}

/** Draws an SVG at its own size. The same SVG gives the same bytes on every machine (WebAssembly, own font). */
export async function svgToPng(svg: string): Promise<Uint8Array> {
  const image = await render(svg);
  const png = image.png();
  image.free();
  return png;
}

/** Draws an SVG that has an opaque background, and keeps its red channel. */
export async function svgToGray(svg: string): Promise<Image> {
  const { width, height, pixels: rgba, free } = await render(svg);
  const pixels = new Uint8Array(width * height);
  for (let i = 0; i < pixels.length; i++) pixels[i] = rgba[i * 4]!;
  free();
  return { width, height, channels: 1, pixels };
}
