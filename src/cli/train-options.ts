/** The options of commands that train, or list what was trained: kind, range, default and help, written down once. */
import { helpText, type OptionDefinition, type OptionTable } from '../options.js';
import { RUN_OPTIONS } from '../gan/options.js';
import { EXPLAINED_PHASES } from '../explain/phases.js';
import { SCHEDULERS } from '../sweeps/script.js';
import {
  COMPUTE_OPTIONS,
  STEP_OPTIONS,
  PRINT_OPTIONS,
  OUTPUTS,
  IMAGES_OPTIONS,
  NAME_OPTION,
} from './common-options.js';

export const TRAIN_OPTIONS = {
  ...RUN_OPTIONS,
  eachDigit: {
    kind: 'switch',
    help: 'a sweep over --digit: a run of each digit, or class, in one folder, each in its process',
  },
  jobs: {
    kind: 'integer',
    min: 1,
    max: 256,
    help: 'with --each-digit: runs at a time, which share the threads (default: a processor each)',
  },
  ...IMAGES_OPTIONS,
  out: { kind: 'text', value: 'DIR', default: OUTPUTS, help: 'folder of all runs' },
  checkpointEvery: {
    kind: 'integer',
    min: 1,
    max: 1_000_000,
    default: 1,
    help: 'epochs from one checkpoint to the next',
  },
  resume: {
    kind: 'text',
    value: 'RUN',
    bare: true,
    help: 'go on with this run (default: the newest) from its last checkpoint',
  },
  from: {
    kind: 'text',
    value: 'RUN',
    help: 'begin with the weights of this run, and with its options and data where no others are given',
  },
  name: NAME_OPTION,
  dryRun: {
    kind: 'switch',
    help: 'print layers, parameters, steps, and an estimate of time, memory and disk; nothing is trained or written',
  },
  failOn: {
    kind: 'choice',
    choices: ['collapse'],
    help: 'exit with code 3 if the run ends so',
  },
  preview: {
    kind: 'switch',
    default: true,
    help: 'no samples in the terminal while it trains',
  },
  ...STEP_OPTIONS,
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

const LISTS = Object.fromEntries(
  Object.entries(RUN_OPTIONS).map(([name, definition]) => [
    name,
    { kind: 'text', value: 'LIST', help: listHelp(definition) } as const,
  ]),
) as Record<keyof typeof RUN_OPTIONS, { kind: 'text'; value: 'LIST'; help: string }>;

/** A switch is not set or left out here, but true or false. */
function listHelp(definition: OptionDefinition): string {
  if (definition.kind !== 'switch') return helpText(definition);
  const isOn = definition.default === true;
  return `${String(!isOn)}: ${definition.help} (default: ${String(isOn)})`;
}

/** Of each option of a run one value or several, as 0.0005,0.001 or 1..20. */
export const SWEEP_NEW_OPTIONS = {
  ...LISTS,
  ...IMAGES_OPTIONS,
  out: TRAIN_OPTIONS.out,
  name: NAME_OPTION,
  checkpointEvery: TRAIN_OPTIONS.checkpointEvery,
  backend: COMPUTE_OPTIONS.backend,
  threads: { ...COMPUTE_OPTIONS.threads, help: 'processors of each run (default: 1)' },
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

export const SWEEP_RUN_OPTIONS = {
  jobs: {
    kind: 'integer',
    min: 1,
    max: 256,
    help: 'runs at a time on this machine (default: a processor each)',
  },
  index: {
    kind: 'integer',
    min: 0,
    max: 9_999,
    help: "train this one alone; a scheduler's number (SLURM_ARRAY_TASK_ID and others) is read too",
  },
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

export const SWEEP_SCRIPT_OPTIONS = {
  for: { kind: 'choice', choices: SCHEDULERS, help: 'what the script is for' },
  out: { kind: 'text', value: 'FILE', help: 'where it is written (default: stdout)' },
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

export const SWEEP_TABLE_OPTIONS = {
  out: { kind: 'text', value: 'FILE', help: 'CSV file to write instead' },
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

export const RUNS_OPTIONS = {
  out: { kind: 'text', value: 'DIR', default: OUTPUTS, help: 'folder of all runs' },
  ...PRINT_OPTIONS,
} as const satisfies OptionTable;

export const RUNS_REMOVE_OPTIONS = {
  yes: { kind: 'switch', help: 'do not ask' },
  ...RUNS_OPTIONS,
} as const satisfies OptionTable;

export const EXPLAIN_OPTIONS = {
  model: {
    kind: 'choice',
    choices: RUN_OPTIONS.model.choices,
    help: "the step of this model with its defaults on MNIST, instead of a run's",
  },
  phase: {
    kind: 'choice',
    choices: EXPLAINED_PHASES,
    help: 'all that one phase made, as text, instead of the summary',
  },
  ...STEP_OPTIONS,
  json: PRINT_OPTIONS.json,
} as const satisfies OptionTable;
