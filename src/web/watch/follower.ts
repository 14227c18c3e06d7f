import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { EChartsOption } from 'echarts';
import { lossesChartOption } from '../../charts/losses-chart.js';
import { rowText } from '../../runs/log.js';
import { parseRunDescription } from '../../runs/run-description.js';
import { RUN_FILES } from '../../runs/run-folder.js';
import { readFileSync } from 'node:fs';
import { interactive } from '../charts.js';
import { damagedText, readLog, sampledEpochs } from '../../runs/run-data.js';

/** What the page of a training shows at a moment. */
export interface RunState {
  readonly epoch: number;
  readonly epochs: number;
  /** The newest row's numbers as a line of text; empty before the first epoch. */
  readonly line: string;
  readonly chart: EChartsOption;
  /** The newest epoch that has a grid of samples. */
  readonly sampled?: number;
  /** What is wrong with the run's files, for the reader to know. */
  readonly problem?: string;
}

/** Looks whether a run's files have changed, and reads them where they have. */
export class RunFollower {
  private seen = '';

  constructor(private readonly folder: string) {}

  /** The state if it is new since the last call. */
  changed(): RunState | undefined {
    const now = this.stamp();
    if (now === this.seen) return undefined;
    this.seen = now;
    return this.state();
  }

  /** The state in any case. */
  state(): RunState {
    try {
      return this.read();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const problem = existsSync(this.folder)
        ? error.message
        : `${this.folder} is gone: it was deleted or moved`;
      return { epoch: 0, epochs: 0, line: '', chart: interactive(lossesChartOption([])), problem };
    }
  }

  private read(): RunState {
    const path = join(this.folder, RUN_FILES.options);
    const { options } = parseRunDescription(readFileSync(path, 'utf8'), path);
    const { rows, damaged } = readLog(this.folder);
    const last = rows.at(-1);
    const sampled = sampledEpochs(this.folder, rows).at(-1);
    return {
      epoch: last?.epoch ?? 0,
      epochs: options.epochs,
      line:
        last === undefined ? '' : `${rowText(last)}, ${Math.round(last.imagesPerSecond)} images/s`,
      chart: interactive(lossesChartOption(rows)),
      ...(sampled !== undefined && { sampled }),
      ...(damaged.length > 0 && { problem: damagedText(this.folder, damaged) }),
    };
  }

  /** Differs whenever the log or the options may have changed: each is replaced or appended to. */
  private stamp(): string {
    return [RUN_FILES.log, RUN_FILES.options]
      .map((name) => statSync(join(this.folder, name), { throwIfNoEntry: false }))
      .map((found) =>
        found === undefined ? 'none' : `${found.ino} ${found.size} ${found.mtimeMs}`,
      )
      .join(', ');
  }
}
