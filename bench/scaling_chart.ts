import type * as Echarts from 'echarts';
import { LegendComponent } from 'echarts/components';
import { use } from 'echarts/core';
import { chartSvg } from '../src/charts/losses-chart.js';
import { FONT_FAMILY, svgToPng } from '../src/images/raster.js';

/** One figure of a sweep: at this batch size, these units or images, on these threads. */
export interface ChartPoint {
  readonly panel: number;
  readonly threads: number;
  readonly x: number;
  readonly y: number;
  /** What the products alone take; only where they were timed. */
  readonly limit?: number;
}

export interface Panel {
  readonly x: string;
  readonly y: string;
}

use([LegendComponent]);

const WIDTH = 1200;
const HEIGHT = 420;
/** Blue and vermilion of the palette by Okabe and Ito (2008), which colour-blind people tell apart. */
const COLORS = ['#0072b2', '#d55e00'];

/** Panels side by side with logarithmic axes, where what grows in proportion is a straight line; a PNG. */
export async function scalingPng(
  panels: readonly Panel[],
  points: readonly ChartPoint[],
): Promise<Uint8Array> {
  const text = { fontSize: 13, color: '#333333' };
  const left = (k: number): number => 70 + (k * (WIDTH - 20)) / panels.length;
  const axis = {
    type: 'log' as const,
    nameLocation: 'middle' as const,
    nameTextStyle: { ...text, fontSize: 14 },
    axisLabel: text,
    splitLine: { lineStyle: { color: '#e5e5e5' } },
  };
  const lines = panels.flatMap((_, k) =>
    [...new Set(points.map(({ threads }) => threads))].flatMap((threads, index) => {
      const mine = points.filter((point) => point.panel === k && point.threads === threads);
      const line = (name: string, dashed: boolean, data: [number, number][]): object => ({
        name,
        type: 'line',
        xAxisIndex: k,
        yAxisIndex: k,
        color: COLORS[index % COLORS.length],
        lineStyle: { width: 2, type: dashed ? 'dashed' : 'solid' },
        symbolSize: dashed ? 0 : 6,
        data,
      });
      const name = `${threads} thread${threads === 1 ? '' : 's'}`;
      return [
        line(
          name,
          false,
          mine.map(({ x, y }) => [x, y]),
        ),
        line(
          `${name}, products alone`,
          true,
          mine.flatMap(({ x, limit }): [number, number][] =>
            limit === undefined ? [] : [[x, limit]],
          ),
        ),
      ];
    }),
  );
  const option: Echarts.EChartsOption = {
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: FONT_FAMILY },
    legend: { top: 8, itemGap: 44, textStyle: { ...text, fontSize: 14 } },
    grid: panels.map((_, k) => ({
      left: left(k),
      width: (WIDTH - 20) / panels.length - 90,
      top: 56,
      bottom: 64,
    })),
    xAxis: panels.map(({ x }, k) => ({ ...axis, gridIndex: k, name: x, nameGap: 32 })),
    yAxis: panels.map(({ y }, k) => ({ ...axis, gridIndex: k, name: y, nameGap: 46 })),
    series: lines,
  };
  return svgToPng(await chartSvg(option, { width: WIDTH, height: HEIGHT }));
}
