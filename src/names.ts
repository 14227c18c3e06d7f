/** `discriminatorLoss` as `discriminator loss`. */
export const wordsOf = (name: string): string => split(name, ' ');

/** `discriminatorLoss` as `discriminator_loss`. */
export const snakeCaseOf = (name: string): string => split(name, '_');

/** `discriminatorLoss` as `discriminator-loss`. */
export const kebabCaseOf = (name: string): string => split(name, '-');

const split = (name: string, by: string): string =>
  name.replace(/[A-Z]/g, (letter) => `${by}${letter.toLowerCase()}`);

/** Control characters as pictures of themselves (␛), so that text out of a stranger's file or name moves no cursor and ends no line. */
export const withoutControls = (text: string): string =>
  text.replace(/\p{Cc}/gu, (control) => {
    const code = control.codePointAt(0)!;
    return code < 0x20 ? String.fromCodePoint(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd';
  });

/** Lines of at most so many characters, broken between words. */
export function wrapped(text: string, width = 80): string {
  if (text.length <= width) return text;
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!;
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}

/** "1 image", "2 images". */
export const quantity = (count: number, plural: string): string =>
  `${count} ${count === 1 ? plural.replace(/s$/, '') : plural}`;

/** Whether two names look alike: macOS writes accents as characters of their own, others do not, and archives keep both. */
export const isSameName = (one: string, other: string): boolean =>
  one.normalize() === other.normalize();
