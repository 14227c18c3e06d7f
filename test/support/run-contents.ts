import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { listCheckpoints, readCheckpoint } from '../../src/runs/checkpoint.js';
import { parseLog, type LogRow } from '../../src/runs/log.js';

/** A row without its clocks. */
export function withoutClocks(row: LogRow): Partial<LogRow> {
  const { seconds, imagesPerSecond, time, ...rest } = row;
  void seconds;
  void imagesPerSecond;
  void time;
  return rest;
}

const OTHERS = /^(sample-|options\.json|report\.html|events\.|checkpoint)/;

/**
 * All that a run folder holds and that two equal runs have in common, by path, as text: whole files, log.jsonl and the
 * newest checkpoint without their clocks. What is made of clocks (options.json, the report, TensorBoard's events) and
 * what `sample` wrote are left out.
 */
export function runContents(folder: string): Record<string, string> {
  const contents: Record<string, string> = {};
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const full = join(folder, path);
    if (!statSync(full).isFile() || OTHERS.test(path)) continue;
    contents[path] =
      path === 'log.jsonl'
        ? logContents(readFileSync(full, 'utf8'))
        : readFileSync(full).toString('base64');
  }
  const newest = listCheckpoints(join(folder, 'checkpoint')).at(-1);
  if (newest !== undefined) contents.checkpoint = checkpointContents(newest);
  return contents;
}

function logContents(text: string): string {
  const { rows, damaged } = parseLog(text);
  return JSON.stringify([damaged, rows.map(withoutClocks)]);
}

function checkpointContents(path: string): string {
  const { state, epochs, position, unfinished } = readCheckpoint(path);
  const { steps, sums, last } = unfinished;
  const tensors = [...state].map(([name, values]) => [
    name,
    Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64'),
  ]);
  return JSON.stringify([tensors, epochs, position, steps, sums, last]);
}

/** The paths whose content differs, or that only one of the two has. */
export function differences(a: Record<string, string>, b: Record<string, string>): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((path) => a[path] !== b[path]);
}
