import type { Frame } from '../web/frames.js';
import { onEpoch, showEpoch } from './epoch.js';
import { dataOf, type LivePart } from './live-part.js';
import { startSlider } from './slider.js';

/** The samples of a run with a slider over its epochs. */
export function startPlayer(figure: HTMLElement): LivePart {
  const image = figure.querySelector('img')!;
  const shown = figure.querySelector('.shown')!;
  const input = figure.querySelector('input')!;
  const output = figure.querySelector('output')!;
  let frames = framesOf(figure);
  const slider = startSlider(
    figure.querySelector<HTMLElement>('.slider')!,
    frames.length,
    frames.length - 1,
    (index) => showEpoch(frames[index].epoch),
  );
  const end = onEpoch((epoch) => {
    const index = nearest(frames, epoch);
    const frame = frames[index];
    if (index !== slider.index) input.value = String(index);
    if (image.getAttribute('src') !== frame.image) image.src = frame.image;
    image.alt = `${figure.dataset.what} of epoch ${frame.epoch}`;
    shown.textContent = String(frame.epoch);
    output.value = `epoch ${frame.epoch}`;
    input.setAttribute('aria-valuetext', `epoch ${frame.epoch}`);
  });
  return {
    update: (newer) => {
      if (newer.dataset.run !== figure.dataset.run) return false;
      const wasLast = slider.index === frames.length - 1;
      frames = framesOf(newer);
      slider.resize(frames.length);
      if (wasLast) slider.moveTo(frames.length - 1);
      return true;
    },
    stop: () => {
      slider.stop();
      end();
    },
  };
}

/** The last picture stands in the page itself, and not a second time in its data. */
function framesOf(figure: HTMLElement): Frame[] {
  const last = figure.querySelector('img')!.getAttribute('src')!;
  return dataOf<Partial<Frame>[]>(figure).map((frame) => ({ image: last, epoch: 0, ...frame }));
}

/** The place of the frame whose epoch is nearest, the later one of two. */
function nearest(frames: readonly Frame[], epoch: number): number {
  let best = 0;
  frames.forEach((frame, k) => {
    if (Math.abs(frame.epoch - epoch) <= Math.abs(frames[best].epoch - epoch)) best = k;
  });
  return best;
}
