import { drawRunPictures, sampleReader } from '../charts/pictures.js';
import type { LogRow } from '../runs/log.js';
import { readRunDescription } from '../runs/run-description.js';
import { writeReport } from '../web/report.js';
import { nameOf, type RunData } from '../runs/run-data.js';

/**
 * Draws what a run's folder shows: its pictures and its report; of a sweep the report alone.
 *
 * @param into the folder to draw into, which is there.
 * @returns the paths written, the report's last.
 */
export async function drawFolder(run: RunData, into = run.folder): Promise<string[]> {
  return run.sweep === undefined
    ? drawRun(run.folder, run.rows, into)
    : [await writeReport(run, undefined, into)];
}

/**
 * Draws a run's pictures and its report anew. They are a function of the folder's options, samples, evaluation and of the rows.
 *
 * @param rows of log.jsonl, in the order of epochs; without any, nothing is drawn.
 * @returns the paths written.
 * @throws UserError when a grid of samples is damaged.
 */
export async function drawRun(
  folder: string,
  rows: readonly LogRow[],
  into = folder,
): Promise<string[]> {
  if (rows.length === 0) return [];
  const description = readRunDescription(folder);
  const read = sampleReader(folder, description.data.shape);
  const pictures = await drawRunPictures(folder, rows, read, into);
  const report = await writeReport({ folder, name: nameOf(folder), description, rows }, read, into);
  return [...pictures, report];
}
