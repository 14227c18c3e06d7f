/** Bytes, 0 is black, row by row from the top left: one a pixel for gray, or red, green and blue side by side. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** [height, width, channels] */
  readonly pixels: Uint8Array;
}

/** An image of one tone. */
export function blank(width: number, height: number, channels: 1 | 3, tone: number): Image {
  return { width, height, channels, pixels: new Uint8Array(width * height * channels).fill(tone) };
}

/** Copies one image into another, its top left corner at (left, top). It must fit; a gray one may go onto a coloured one. */
export function paste(onto: Image, image: Image, left: number, top: number): void {
  const { width, height, channels } = image;
  const source = channels === onto.channels ? image.pixels : coloured(image);
  const line = width * onto.channels;
  for (let row = 0; row < height; row++)
    onto.pixels.set(
      source.subarray(row * line, (row + 1) * line),
      ((top + row) * onto.width + left) * onto.channels,
    );
}

/** The pixels of a gray image with three channels. */
function coloured({ pixels }: Image): Uint8Array {
  const rgb = new Uint8Array(3 * pixels.length);
  for (let k = 0; k < rgb.length; k++) rgb[k] = pixels[Math.floor(k / 3)];
  return rgb;
}
