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

/** A script element. Its text must not be able to end it, see {@link scriptValue}. */
export function script(text: string): Html {
  if (/<\/script|<!--/i.test(text)) throw new RangeError('a script must not hold "</script"');
  return new Html(`<script>\n${text}\n</script>`);
}

/** A value as an expression of JavaScript that may stand in a script element: no "<" that could end it, no line separators. */
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
