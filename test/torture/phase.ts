import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { listCheckpoints, readCheckpoint } from '../../src/runs/checkpoint.js';
import { listRuns, RUN_FILES } from '../../src/runs/run-folder.js';

/** What a training was doing when it was killed, as far as its folders tell. */
export const PHASES = {
  starting: 'Node.js starts, the step is compiled: no outputs folder yet',
  making: 'the run folder is made, still under its hidden name',
  training: 'steps, with nothing half-written',
  samples: 'a sample grid or losses.csv is being written',
  models: 'a model is being written',
  lastModels: 'after the last epoch, before its checkpoint',
  checkpoint: 'a checkpoint is being written',
  drawing: 'pictures or the report are being drawn or written',
  finished: 'all is written',
} as const;
export type Phase = keyof typeof PHASES;

/** The folder, within a run's, where a temporary file shows that a phase has begun. */
export const FOLDER_OF = {
  samples: RUN_FILES.samples,
  models: dirname(RUN_FILES.generatorOnnx),
  lastModels: dirname(RUN_FILES.generatorOnnx),
  checkpoint: RUN_FILES.checkpoints,
  drawing: '.',
} as const satisfies Partial<Record<Phase, string>>;

export const TEMPORARY = /\.tmp$/;
export const DRAWN = /^(losses\.png|evolution\.|report\.html)/;

/**
 * @param outputs the folder of a killed training, which has at most one run.
 * @param epochs all that the training was to do.
 * @param epochsDone those in its log.
 */
export function phaseAtKill(outputs: string, epochs: number, epochsDone: number): Phase {
  if (!existsSync(outputs)) return 'starting';
  const [run] = listRuns(outputs);
  if (run === undefined) return 'making';
  const temporary = readdirSync(run, { recursive: true, encoding: 'utf8' }).filter((path) =>
    TEMPORARY.test(path),
  );
  const within = (folder: string): boolean =>
    temporary.some((path) => path.startsWith(join(folder, '/')));
  if (within(RUN_FILES.checkpoints)) return 'checkpoint';
  if (within(RUN_FILES.model)) return epochsDone === epochs ? 'lastModels' : 'models';
  if (temporary.some((path) => DRAWN.test(path))) return 'drawing';
  if (temporary.length > 0) return 'samples';
  if (epochsDone < epochs) return 'training';
  const newest = listCheckpoints(join(run, RUN_FILES.checkpoints)).at(-1);
  if (newest === undefined || readCheckpoint(newest).epochs < epochs) return 'lastModels';
  return existsSync(join(run, 'lock')) ? 'drawing' : 'finished';
}
