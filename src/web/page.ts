import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { bundled } from '../vendor.js';
import { Html, html } from './html.js';

export interface Page {
  readonly title: string;
  readonly body: Html;
  /** Whether it may ask the server that it came from for pictures and news; else it sends and loads nothing. */
  readonly isServed?: boolean;
}

/** A whole page with its script and style in it. */
export function pageText({ title, body, isServed = false }: Page): string {
  const script = readFileSync(bundled('page.js'), 'utf8');
  const style = readFileSync(bundled('page.css'), 'utf8');
  if (/<\/script|<!--/i.test(script)) throw new RangeError('a script must not hold "</script"');
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policyOf(script, isServed)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${new Html(`<style>${style}</style>`)}
      </head>
      <body>
        ${body} ${new Html(`<script>${script}</script>`)}
      </body>
    </html> `.text;
}

/**
 * What a page may load and run (https://www.w3.org/TR/CSP3); everything else is refused by the browser. Its own script is named by
 * its digest, so that no text that comes into the page runs.
 */
function policyOf(script: string, isServed: boolean): string {
  const digest = createHash('sha256').update(script).digest('base64');
  return [
    "default-src 'none'",
    `img-src data:${isServed ? " 'self'" : ''}`,
    ...(isServed ? ["connect-src 'self'"] : []),
    "style-src 'unsafe-inline'",
    `script-src 'sha256-${digest}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}
