import { join } from 'node:path';
import { UserError } from '../errors.js';
import { appendToFile } from '../files/append.js';
import { Lease } from '../files/lease.js';
import { renewFile, replaceFile } from '../files/replace.js';
import { csvColumns, csvHeader, csvLine, logLines, type LogRow } from './log.js';
import { RUN_FILES } from './run-folder.js';

/** log.jsonl and losses.csv of a run that is being trained, and the rows that are in them. */
export class RunLog {
  /** Columns of losses.csv as it is. */
  private columns: readonly string[] = [];
  /** Whether it lacks lines, since somebody did not let it be written. */
  private csvIsBehind = false;

  private constructor(
    private readonly folder: string,
    private readonly all: LogRow[],
    private readonly warn: (message: string) => void,
  ) {}

  /** Makes both files those of the rows; files that have this content already are left alone. */
  static async begin(
    folder: string,
    rows: readonly LogRow[],
    warn: (message: string) => void = () => {},
  ): Promise<RunLog> {
    const log = new RunLog(folder, [...rows], warn);
    // A process that lost its lease may have them open to append to: see lease.ts.
    const renew = Lease.of(folder)?.isTakenOver === true ? replaceFile : renewFile;
    await renew(join(folder, RUN_FILES.log), logLines(rows));
    // A file that was left alone may be one that takes no lines: that is known before an epoch is trained.
    await appendToFile(join(folder, RUN_FILES.log), '');
    await log.spared(() => log.writeCsv(renew));
    return log;
  }

  get rows(): readonly LogRow[] {
    return this.all;
  }

  /** Adds an epoch. Its line in log.jsonl comes last and is on the disk afterwards: a checkpoint may count it. */
  async add(row: LogRow): Promise<void> {
    this.all.push(row);
    await this.spared(async () => {
      if (!this.csvIsBehind && csvColumns([row]).every((name) => this.columns.includes(name)))
        await appendToFile(join(this.folder, RUN_FILES.losses), csvLine(row, this.columns));
      else await this.writeCsv();
    });
    await appendToFile(join(this.folder, RUN_FILES.log), logLines([row]));
  }

  /** losses.csv says nothing that the log does not: a spreadsheet that has it open ends no training. */
  private async spared(write: () => Promise<void>): Promise<void> {
    try {
      await write();
      this.csvIsBehind = false;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (!this.csvIsBehind)
        this.warn(`${error.message}; the training goes on, and its next epoch tries again`);
      this.csvIsBehind = true;
    }
  }

  private async writeCsv(renew = renewFile): Promise<void> {
    this.columns = csvColumns(this.all);
    const lines = this.all.map((row) => csvLine(row, this.columns));
    const text = [csvHeader(this.columns), ...lines].join('');
    await renew(join(this.folder, RUN_FILES.losses), text);
  }
}
