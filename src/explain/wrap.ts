/** Each line of a text in as many as it takes, those that follow set in below what the first one says. */
export function wrapLines(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => wrapLine(line, width))
    .join('\n');
}

function wrapLine(line: string, width: number): string {
  if (line.length <= width) return line;
  const comment = /^ *;; /.exec(line)?.[0];
  const indent =
    comment === undefined
      ? ' '.repeat(Math.min(width >> 1, hangingIndent(line)))
      : `${comment}    `;
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    // Not within the indentation; a word that is longer than a line stays whole.
    const start = /^ *(;; *)?/.exec(rest)![0].length;
    const space = rest.lastIndexOf(' ', width);
    const at = space > start ? space : rest.indexOf(' ', Math.max(width, start + 1));
    if (at < 0) break;
    lines.push(rest.slice(0, at).trimEnd());
    rest = indent + rest.slice(at + 1).trimStart();
  }
  return [...lines, rest].join('\n');
}

/** Beyond this there are notes at a line's end, not columns. */
const FURTHEST_COLUMN = 32;

/** A line that is set in so far stands in a column already. */
const FAR_IN = 16;

/** Where the last column of a table begins (after two spaces and more), else a little more than the line's own. */
function hangingIndent(line: string): number {
  const own = line.length - line.trimStart().length;
  const ends = [...line.matchAll(/\S {2,}(?=\S)/g)].map(({ index, 0: gap }) => index + gap.length);
  return ends.findLast((end) => end <= FURTHEST_COLUMN) ?? (own < FAR_IN ? own + 4 : own);
}
