import { join } from 'node:path';
import { appendToFile } from '../files/append.js';
import { Lease } from '../files/lease.js';
import { renewFile, replaceFile } from '../files/replace.js';
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
    // A process that lost its lease may have them open to append to: see lease.ts.
    const renew = Lease.of(folder)?.isTakenOver === true ? replaceFile : renewFile;
    await renew(join(folder, RUN_FILES.log), logLines(rows));
    await log.writeCsv(renew);
    return log;
  }

  get rows(): readonly LogRow[] {
    return this.all;
  }

  /** Adds an epoch. Its line in log.jsonl comes last and is on the disk afterwards: a checkpoint may count it. */
  async add(row: LogRow): Promise<void> {
    this.all.push(row);
    if (csvColumns([row]).every((name) => this.columns.includes(name)))
      await appendToFile(join(this.folder, RUN_FILES.losses), csvLine(row, this.columns));
    else await this.writeCsv();
    await appendToFile(join(this.folder, RUN_FILES.log), logLines([row]));
  }

  private async writeCsv(renew = renewFile): Promise<void> {
    this.columns = csvColumns(this.all);
    const lines = this.all.map((row) => csvLine(row, this.columns));
    const text = [csvHeader(this.columns), ...lines].join('');
    await renew(join(this.folder, RUN_FILES.losses), text);
  }
}
