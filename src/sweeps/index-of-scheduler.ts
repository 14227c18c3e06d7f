import { UserError } from '../errors.js';

/** The variables by which schedulers tell a process its number, and where they count from. */
const VARIABLES = {
  SLURM_ARRAY_TASK_ID: 0,
  JOB_COMPLETION_INDEX: 0, // Kubernetes
  AWS_BATCH_JOB_ARRAY_INDEX: 0,
  PBS_ARRAY_INDEX: 0,
  PARALLEL_SEQ: 1, // GNU Parallel
  SGE_TASK_ID: 1,
  LSB_JOBINDEX: 1, // LSF
} as const;

/**
 * The index of a run, counted from 0, by the scheduler that has started this process; undefined where none has. Slurm's and
 * PBS' numbers are those of their `--array` and are taken as they are.
 *
 * @throws UserError where two schedulers tell of different ones, or one tells something that is no number.
 */
export function schedulerIndex(env: NodeJS.ProcessEnv): number | undefined {
  const found = Object.entries(VARIABLES).flatMap(([name, first]) => {
    const text = env[name];
    // SGE and LSF set theirs outside of arrays too.
    if (text === undefined || text === '' || text === 'undefined') return [];
    if (name === 'LSB_JOBINDEX' && text === '0') return [];
    if (!/^\d{1,9}$/.test(text) || Number(text) < first)
      throw new UserError(`${name}: found "${text}", expected a whole number from ${first}`);
    return [{ name, index: Number(text) - first }];
  });
  const [one, ...others] = found;
  const other = others.find(({ index }) => index !== one.index);
  if (other !== undefined)
    throw new UserError(
      `found ${one.name} for run ${one.index} and ${other.name} for run ${other.index}, expected one scheduler: say which with --index`,
    );
  return one?.index;
}
