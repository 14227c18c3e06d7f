import { readFileSync } from 'node:fs';
import { Html, html } from './html.js';
import { STYLE } from './style.js';
import { vendored } from '../vendor.js';

export interface Page {
  readonly title: string;
  readonly body: Html;
  /** What the page may load (https://www.w3.org/TR/CSP3); everything else is refused by the browser. */
  readonly policy: string;
}

/** Of a page that carries everything in itself: whatever it holds, it sends and loads nothing. */
export const SELF_CONTAINED =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/** A whole page. */
export function pageText({ title, body, policy }: Page): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html> `.text;
}

/** The code of Apache ECharts, the same file that draws the PNG charts. */
export function echartsCode(): string {
  return readFileSync(vendored('echarts/dist/echarts.min.js'), 'utf8');
}
