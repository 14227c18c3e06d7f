import { wrapped } from '../names.js';
import type { Finding } from './digits-verdict.js';

export interface VerdictLayout {
  /** Of the window. */
  readonly columns?: number;
  /** How the title of a finding is set off. */
  readonly style?: (title: string, kind: Finding['kind']) => string;
}

const MOST_COLUMNS = 80;

/** The verdict in words, a finding per paragraph, in lines of at most 80 characters. */
export function verdictText(
  verdict: readonly Finding[],
  { columns = MOST_COLUMNS, style = (title) => title }: VerdictLayout = {},
): string {
  return verdict
    .map(({ kind, title, text }) => {
      const lines = wrapped(`${title}. ${text}`, Math.min(columns, MOST_COLUMNS));
      return lines.startsWith(title) ? style(title, kind) + lines.slice(title.length) : lines;
    })
    .join('\n');
}
