import type { LivePart } from './live-part.js';
import { startSlider } from './slider.js';

/** Between the images of a sheet, in its own pixels. */
const GAP = 1;

/** A walk through z: one image of the sheet large, to move along by a slider or by pointing at the sheet. */
export function startWalk(figure: HTMLElement): LivePart {
  const sheet = figure.querySelector('img')!;
  const stop = figure.querySelector<HTMLElement>('.stop')!;
  const canvas = figure.querySelector('canvas')!;
  const [width, height, columns, count] = ['width', 'height', 'columns', 'count'].map((name) =>
    Number(figure.dataset[name]),
  );
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d')!;
  const draw = (index: number): void => {
    const left = GAP + (index % columns) * (width + GAP);
    const top = GAP + Math.floor(index / columns) * (height + GAP);
    context.drawImage(sheet, left, top, width, height, 0, 0, width, height);
  };
  stop.hidden = false;
  const slider = startSlider(stop.querySelector<HTMLElement>('.slider')!, count, 0, draw);
  sheet.addEventListener('load', () => draw(slider.index));
  sheet.addEventListener('pointermove', ({ offsetX, offsetY }) => {
    const pixel = sheet.naturalWidth / sheet.clientWidth;
    const column = Math.floor((offsetX * pixel) / (width + GAP));
    const row = Math.floor((offsetY * pixel) / (height + GAP));
    if (column < columns) slider.moveTo(row * columns + column);
  });
  return { update: () => false, stop: () => slider.stop() };
}
