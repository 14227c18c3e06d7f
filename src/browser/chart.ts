import type { EChartsOption } from 'echarts';
import { init } from '../charts/echarts.js';
import { chartOption, valueText, type LineChart } from '../charts/line-chart.js';
import { PAGE_THEME } from '../web/page-theme.js';
import { onEpoch, showEpoch } from './epoch.js';
import { dataOf, type LivePart } from './live-part.js';

/** Draws a chart that follows its place's width, has values under the pointer, and shows and moves the epoch of the samples. */
export function startChart(figure: HTMLElement): LivePart {
  const plot = figure.querySelector<HTMLElement>('.plot')!;
  const place = document.createElement('div');
  place.className = 'live';
  plot.append(place);
  plot.classList.add('is-live');
  const chart = init(place, null, { renderer: 'svg' });
  let data = dataOf<LineChart>(figure);
  let epoch: number | undefined;
  const draw = (): void => {
    const size = { width: place.clientWidth, height: place.clientHeight };
    const option = interactive(chartOption(data, PAGE_THEME, size), data);
    chart.setOption({ ...option, ...(isZoomed() && { dataZoom: undefined }) });
    mark();
  };
  /** What the reader has zoomed to stays when new numbers come. */
  const isZoomed = (): boolean => {
    const shown = chart.getOption() as
      { dataZoom?: { start?: number; end?: number }[] } | undefined;
    const { start = 0, end = 100 } = shown?.dataZoom?.[0] ?? {};
    return start > 0 || end < 100;
  };
  const mark = (): void => {
    const data = epoch === undefined ? [] : [{ xAxis: epoch }];
    chart.setOption({ series: [{ id: 'epoch', type: 'line', markLine: { ...MARK, data } }] });
  };
  const resized = new ResizeObserver(() => {
    chart.resize();
    draw();
  });
  resized.observe(place);
  draw();
  chart.getZr().on('click', ({ offsetX, offsetY }) => {
    const point = [offsetX, offsetY];
    if (!chart.containPixel('grid', point)) return;
    showEpoch(Math.round(chart.convertFromPixel('grid', point)[0]));
  });
  const end = onEpoch((shown) => {
    epoch = shown;
    mark();
  });
  return {
    update: (newer) => {
      if (newer.id !== figure.id) return false;
      data = dataOf<LineChart>(newer);
      figure.querySelector('details table')!.replaceWith(newer.querySelector('details table')!);
      plot.setAttribute('aria-label', newer.querySelector('.plot')!.getAttribute('aria-label')!);
      draw();
      return true;
    },
    stop: () => {
      end();
      resized.disconnect();
      chart.dispose();
    },
  };
}

const MARK = {
  silent: true,
  symbol: 'none',
  animation: false,
  label: { show: false },
  lineStyle: { color: PAGE_THEME.text, width: 1, type: 'solid' as const },
};

/** Values under the pointer, and zooming by pinching or by the wheel with Ctrl held: the wheel alone scrolls the page. */
function interactive(option: EChartsOption, data: LineChart): EChartsOption {
  return {
    ...option,
    tooltip: {
      trigger: 'axis',
      confine: true,
      order: 'valueDesc',
      backgroundColor: PAGE_THEME.page,
      borderColor: PAGE_THEME.grid,
      textStyle: { color: PAGE_THEME.text, fontSize: 13 },
      axisPointer: { lineStyle: { color: PAGE_THEME.faint } },
      valueFormatter: (value) => (typeof value === 'number' ? valueText(data, value) : ''),
    },
    dataZoom: [{ type: 'inside', zoomOnMouseWheel: 'ctrl', filterMode: 'none', minValueSpan: 2 }],
  };
}
