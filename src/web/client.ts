/**
 * What runs in a page. Each function is put into the page as its own text, so it may use only its parameters, the browser,
 * and (showChart) the global `echarts`.
 */
import type * as Echarts from 'echarts';
import type { ChartColors } from './charts.js';
import type { Frame } from './frames.js';

declare const echarts: typeof Echarts;

/** Draws a chart that follows the window's size and the system's colours; the result replaces its data. */
export function showChart(
  element: HTMLElement,
  option: Echarts.EChartsOption,
  colors: ChartColors,
): (option: Echarts.EChartsOption) => void {
  const chart = echarts.init(element, null, { renderer: 'svg' });
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const recolor = () => chart.setOption(dark.matches ? colors.dark : colors.light);
  const update = (changed: Echarts.EChartsOption) => {
    chart.setOption(changed);
    chart.setOption({
      // A range that was zoomed to begins and ends between epochs.
      xAxis: {
        axisLabel: { formatter: (epoch: number) => (Number.isInteger(epoch) ? String(epoch) : '') },
      },
      tooltip: {
        valueFormatter: (value: unknown) => (typeof value === 'number' ? value.toFixed(4) : ''),
      },
    });
    recolor();
  };
  update(option);
  dark.addEventListener('change', recolor);
  new ResizeObserver(() => chart.resize()).observe(element);
  return update;
}

/** The slider over a run's epochs: an image, an input, an output and a button inside `root`. */
export function showEvolution(root: HTMLElement, frames: readonly Frame[]): void {
  const image = root.querySelector('img')!;
  const input = root.querySelector('input')!;
  const output = root.querySelector('output')!;
  const button = root.querySelector('button')!;
  let timer: ReturnType<typeof setInterval> | undefined;
  const show = (index: number) => {
    const frame = frames[index];
    input.value = String(index);
    input.setAttribute('aria-valuetext', `epoch ${frame.epoch}`);
    image.src = frame.image;
    image.alt = `samples of epoch ${frame.epoch}`;
    output.value = `epoch ${frame.epoch}`;
  };
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    button.textContent = 'Play';
  };
  const play = () => {
    if (Number(input.value) === frames.length - 1) show(0);
    button.textContent = 'Stop';
    timer = setInterval(() => {
      show(Number(input.value) + 1);
      if (Number(input.value) === frames.length - 1) stop();
    }, 150);
  };
  input.max = String(frames.length - 1);
  input.addEventListener('input', () => {
    stop();
    show(Number(input.value));
  });
  button.addEventListener('click', () => (timer === undefined ? play() : stop()));
  button.disabled = frames.length < 2;
  input.disabled = frames.length < 2;
  show(frames.length - 1);
}
