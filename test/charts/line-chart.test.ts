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
