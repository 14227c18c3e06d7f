import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html, scriptValue } from '../../src/web/html.js';

describe('html', () => {
  it('escapes values, in text and in attributes', () => {
    const bad = `<img src=x onerror="a()">&'`;
    expect(html`<p title="${bad}">${bad}</p>`.text).toBe(
      `<p title="${'&#60;img src=x onerror=&#34;a()&#34;&#62;&#38;&#39;'}">&#60;img src=x onerror=&#34;a()&#34;&#62;&#38;&#39;</p>`,
    );
  });

  it('takes HTML as it is, joins lists, and leaves out what is undefined', () => {
    expect(html`${[html`<b>${1}</b>`, 'a<b', undefined]}${undefined}`.text).toBe('<b>1</b>a&#60;b');
  });
});

describe('scriptValue', () => {
  it('is the same value, and can end no script', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('</script>', '<!--', '\u2028'), (value, bad) => {
        const text = scriptValue([value, bad]);
        expect(text).not.toMatch(/[<>\u2028\u2029]/);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify([value, bad])));
      }),
    );
  });
});
