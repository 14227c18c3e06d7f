import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { explainFileError, renewFile } from '../files.js';
import { csvColumns, csvHeader, csvLine, logLines, type LogRow } from './log.js';
import { RUN_FILES } from './run-folder.js';

/** log.jsonl and losses.csv of a run that is being trained, and the rows that are in them. */
export class RunLog {
  /** Columns of losses.csv as it is. */
  private columns: readonly string[] = [];

  private constructor(
    private readonly folder: string,
    private readonly all: LogRow[],
  ) {}

  /** Makes both files those of the rows; files that have this content already are left alone. */
  static async begin(folder: string, rows: readonly LogRow[]): Promise<RunLog> {
    const log = new RunLog(folder, [...rows]);
    await renewFile(join(folder, RUN_FILES.log), logLines(rows));
    await log.writeCsv();
    return log;
  }

  get rows(): readonly LogRow[] {
    return this.all;
  }

  /** Adds an epoch. Its line in log.jsonl comes last and is on the disk afterwards: a checkpoint may count it. */
  async add(row: LogRow): Promise<void> {
    this.all.push(row);
    if (csvColumns([row]).every((name) => this.columns.includes(name)))
      await append(join(this.folder, RUN_FILES.losses), csvLine(row, this.columns));
    else await this.writeCsv();
    await append(join(this.folder, RUN_FILES.log), logLines([row]));
  }

  private async writeCsv(): Promise<void> {
    this.columns = csvColumns(this.all);
    const lines = this.all.map((row) => csvLine(row, this.columns));
    const text = [csvHeader(this.columns), ...lines].join('');
    await renewFile(join(this.folder, RUN_FILES.losses), text);
  }
}

/** Adds to a file that is there. */
async function append(path: string, text: string): Promise<void> {
  try {
    const file = await open(path, 'a');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw explainFileError(error, 'write', path);
  }
}
