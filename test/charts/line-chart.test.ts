import { expect, it } from 'vitest';
import { chartOption } from '../../src/charts/line-chart.js';

const THEME = {
  text: '#000',
  faint: '#777',
  grid: '#ddd',
  page: '#fff',
  font: 'x',
  lines: ['#07b'],
};

const SIZE = { width: 400, height: 300 };

it('has the names of lines beside the plot, apart, and as high as the lines end', () => {
  const ends = [0.9, 0.91, 0, 0.5];
  const lines = ends.map((value, k) => ({
    name: `run ${k}`,
    // Not all of them get to the last epoch.
    points: [1, 5 + 10 * k].map((epoch) => [epoch, value] as const),
  }));
  const { series, grid } = chartOption(
    { title: 'Any', lines, levels: [], share: false },
    THEME,
    SIZE,
  ) as {
    series: { name?: string; labelLayout?: { x: number; y: number } }[];
    grid: { right: number; top: number; bottom: number };
  };
  const places = ends.map((_, k) => series[k].labelLayout!);
  for (const { x } of places) expect(x).toBeGreaterThan(SIZE.width - grid.right);
  const heights = places.map(({ y }) => y);
  expect(heights[1]).toBeLessThan(heights[0]);
  expect(heights[0] - heights[1]).toBeGreaterThanOrEqual(13);
  expect(heights[3]).toBeGreaterThan(heights[0]);
  expect(heights[2]).toBeGreaterThan(heights[3]);
  expect(Math.max(...heights)).toBeLessThan(SIZE.height - grid.bottom);
  expect(Math.min(...heights)).toBeGreaterThan(grid.top);
});

it.each([
  [0.929, 1],
  [0.2, 0.3],
])('draws no share above 100%%, also of the only epoch: %f', (value, most) => {
  const lines = [{ name: 'recognised', points: [[1, value] as const] }];
  const chart = { title: 'Recognised', lines, levels: [], share: true };
  const { yAxis } = chartOption(chart, THEME, SIZE) as { yAxis: { min: number; max: number } };
  expect(yAxis.max).toBeGreaterThanOrEqual(value);
  expect(yAxis.max).toBeLessThanOrEqual(most + 1e-9);
  expect(yAxis.min).toBeLessThan(value);
});
