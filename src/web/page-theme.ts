import type { ChartTheme } from '../charts/line-chart.js';

/** Colours of a page's charts, by their names in page.css: they follow the reader's system, and are light in print. */
export const PAGE_THEME: ChartTheme = {
  text: 'var(--text)',
  faint: 'var(--faint)',
  grid: 'var(--line)',
  page: 'var(--page)',
  font: 'system-ui, sans-serif',
  lines: Array.from({ length: 10 }, (_, k) => `var(--line-${k + 1})`),
};
