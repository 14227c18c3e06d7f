import type { EChartsOption } from 'echarts';
import type { Scalars } from '../gan/step.js';
import { FONT_FAMILY, svgToPng } from '../images/raster.js';
import { wordsOf } from '../names.js';
import type { LogRow } from '../runs/log.js';
import { othersTurn } from '../turns.js';
import { chartOption, type ChartSize, type ChartTheme, type LineChart } from './line-chart.js';

/** The losses of one epoch, as a row of the log has them. */
export type LossRow = Pick<LogRow, 'epoch' | 'scalars'>;

export const LOSSES_SIZE: ChartSize = { width: 800, height: 500 };

/** Of a picture: the palette by Okabe and Ito (2008), darker where it stands on white, which colour-blind people tell apart. */
export const PICTURE_THEME: ChartTheme = {
  text: '#1d1f23',
  faint: '#5b616b',
  grid: '#e3e5e8',
  page: '#ffffff',
  font: FONT_FAMILY,
  lines: [
    '#0072b2',
    '#d55e00',
    '#009e73',
    '#aa4499',
    '#56b4e9',
    '#8a7300',
    '#e69f00',
    '#7f7f7f',
    '#6f4fb3',
    '#8a5a44',
  ],
};

const LOSS = /^(.+)Loss$/;

/** Whether a number is drawn among the losses. */
export const isLoss = (name: string): boolean => LOSS.test(name);

/** The names of the rows' numbers, each once. */
export const namesOf = (all: readonly Scalars[]): string[] => [
  ...new Set(all.flatMap((one) => Object.keys(one))),
];

/** One number over the epochs that have it. */
export function pointsOf(
  rows: readonly { readonly epoch: number }[],
  numberOf: (index: number) => number | undefined,
): [epoch: number, value: number][] {
  return rows.flatMap(({ epoch }, k) => {
    const value = numberOf(k);
    return value === undefined ? [] : [[epoch, value] as [number, number]];
  });
}

/** All losses over the epochs, each number whose name ends in `Loss`: means of the epochs. */
export function lossesChart(rows: readonly LossRow[]): LineChart {
  const names = namesOf(rows.map((row) => row.scalars)).filter(isLoss);
  return {
    title: 'Losses',
    lines: names.map((name) => ({
      name: wordsOf(LOSS.exec(name)![1]),
      points: pointsOf(rows, (k) => rows[k].scalars[name]),
    })),
    levels: [],
    share: false,
  };
}

/** losses.png: 800 x 500 pixels. The same rows give the same bytes. */
export async function drawLossesPng(rows: readonly LossRow[]): Promise<Uint8Array> {
  const option = chartOption(lossesChart(rows), PICTURE_THEME, LOSSES_SIZE);
  const onWhite = { ...option, backgroundColor: PICTURE_THEME.page };
  return svgToPng(await chartSvg(onWhite, LOSSES_SIZE));
}

/** Draws any option of ECharts as SVG, without a browser. Signals are heard before it does. */
export async function chartSvg(option: EChartsOption, size: ChartSize): Promise<string> {
  const { init } = await import('./echarts.js');
  await othersTurn();
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption(option);
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}
