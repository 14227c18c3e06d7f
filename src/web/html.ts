/** Text that is HTML already; everything else is escaped where it is put into a page. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | number | undefined | readonly Part[];

/** A template whose values are escaped, unless they are {@link Html}; lists are joined, undefined is left out. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  // Not joined: V8 then copies megabytes at each level of a page, where what is added up is copied once at its end.
  return new Html(
    values.reduce<string>((text, value, i) => text + textOf(value) + strings[i + 1], strings[0]),
  );
}

/** Data for the page's script, in an element that is never run: no "<" that could end it. */
export const jsonScript = (value: unknown): Html =>
  new Html(`<script type="application/json">${scriptValue(value)}</script>`);

/** A value as JSON that may stand in a script element: no "<" that could end it, no line separators. */
export function scriptValue(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function textOf(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(textOf).join('');
  return String(part).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
