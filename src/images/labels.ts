import { FONT_FAMILY, svgToGray } from './raster.js';
import type { Image } from './image.js';

export interface LabelStyle {
  /** pixels */
  width: number;
  /** pixels */
  height: number;
  align: 'middle' | 'right';
  /** shades of gray as #rrggbb */
  color: string;
  background: string;
}

const FONT_PIXELS = 16;
const MARGIN_PIXELS = 12;

/** Short plain texts as images of one size. They are drawn all at once: a drawing each would take ten times as long. */
export async function drawLabels(texts: string[], style: LabelStyle): Promise<Image[]> {
  if (texts.length === 0) return [];
  const { width, height, color, background } = style;
  const right = style.align === 'right';
  const x = right ? width - MARGIN_PIXELS : width / 2;
  const lines = texts.map((text, i) => {
    // Half of the capitals' height below the middle.
    const y = i * height + height / 2 + FONT_PIXELS * 0.36;
    return `<text x="${x}" y="${y}">${escapeXml(text)}</text>`;
  });
  const all = await svgToGray(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height * texts.length}">
    <rect width="100%" height="100%" fill="${background}"/>
    <g font-family="${FONT_FAMILY}" font-size="${FONT_PIXELS}" fill="${color}"
      text-anchor="${right ? 'end' : 'middle'}">${lines.join('')}</g></svg>`,
  );
  const size = width * height;
  return texts.map((_, i) => ({
    width,
    height,
    channels: 1,
    pixels: all.pixels.slice(i * size, (i + 1) * size),
  }));
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
