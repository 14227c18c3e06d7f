import type { Finding } from './digits-verdict.js';

/** The verdict in words, a finding per paragraph, in lines of at most 80 characters. */
export function verdictText(verdict: readonly Finding[]): string {
  return verdict.map(({ title, text }) => wrapped(`${title}. ${text}`)).join('\n');
}

/** Lines of at most 80 characters, broken between words. */
export function wrapped(text: string, width = 80): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!;
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}
