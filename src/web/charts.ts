import type { EChartsOption } from 'echarts';

/** Colours of a chart's parts that are not lines, to be merged into its option. */
export interface ChartColors {
  readonly light: EChartsOption;
  readonly dark: EChartsOption;
}

/** Those of the pages' own style. */
export const CHART_COLORS: ChartColors = {
  light: colors('#ffffff', '#333333', '#666666', '#e5e5e5'),
  dark: colors('#16181b', '#d0d0d0', '#8a8a8a', '#33363b'),
};

function colors(page: string, text: string, axis: string, grid: string): EChartsOption {
  const onAxis = {
    nameTextStyle: { color: text },
    axisLabel: { color: text },
    axisLine: { lineStyle: { color: axis } },
    splitLine: { lineStyle: { color: grid } },
  };
  return {
    backgroundColor: page,
    legend: {
      textStyle: { color: text },
      inactiveColor: axis,
      pageTextStyle: { color: text },
      pageIconColor: text,
      pageIconInactiveColor: axis,
    },
    xAxis: onAxis,
    yAxis: onAxis,
    tooltip: { backgroundColor: page, borderColor: axis, textStyle: { color: text } },
  };
}

/**
 * What a page adds to a chart: values under the pointer; a strip below to zoom, and zooming by pinching or by the wheel with
 * Ctrl held (the wheel alone scrolls the page).
 */
export function interactive(option: EChartsOption): EChartsOption {
  return {
    ...option,
    // Over a line or its name in the legend the other lines fade.
    series: [option.series ?? []]
      .flat()
      .map((line) => ({ ...line, emphasis: { focus: 'series' } })) as EChartsOption['series'],
    // In one line, however narrow the window: a second one would lie over the chart.
    legend: { ...option.legend, type: 'scroll', itemGap: 20, left: 'center', width: '90%' },
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    grid: { left: 64, right: 24, top: 48, bottom: 108 },
    tooltip: { trigger: 'axis', confine: true },
    xAxis: {
      ...option.xAxis,
      axisPointer: { snap: true, label: { precision: 0, formatter: 'epoch {value}' } },
    },
    dataZoom: [
      { type: 'inside', zoomOnMouseWheel: 'ctrl', filterMode: 'none', minValueSpan: 2 },
      {
        type: 'slider',
        bottom: 12,
        height: 28,
        filterMode: 'none',
        minValueSpan: 2,
        brushSelect: false,
      },
    ],
  };
}
