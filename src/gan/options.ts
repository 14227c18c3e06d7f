import type { ImageKind } from '../data/image-set.js';
import { UserError } from '../errors.js';
import { completeOptions, flagOf, type OptionTable, type OptionsOf } from '../options.js';
import {
  CONV_OPTIONS,
  DENSE_OPTIONS,
  MODEL_OPTIONS,
  type ModelName,
} from './model-option-tables.js';
import { COMMON_OPTIONS } from './option-table.js';
import { PRESETS, QUALITIES } from './presets.js';

/** In place of a loss that an option names: one that only the script has which trained the run. */
export const OWN = 'own';

/** Everything that decides a run besides the data: the command line, the types, the help and options.json come from here. */
export const RUN_OPTIONS = { ...COMMON_OPTIONS, ...DENSE_OPTIONS, ...CONV_OPTIONS } as const;

type Common = OptionsOf<typeof COMMON_OPTIONS>;

export type RunOptions = Omit<Common, 'loss'> & {
  readonly loss: Common['loss'] | typeof OWN;
} & (
    | ({ readonly model: 'dense' } & OptionsOf<typeof DENSE_OPTIONS>)
    | ({ readonly model: 'conv' } & OptionsOf<typeof CONV_OPTIONS>)
  );

/**
 * All options of a run from those that were given: the preset's, then the model's defaults, then the general ones.
 *
 * @throws UserError for an unknown option, a value out of its range, one that contradicts the preset or is another model's.
 */
export function runOptions(
  given: Readonly<Record<string, unknown>>,
  where = 'options',
): RunOptions {
  if (given.loss === OWN) return { ...runOptions({ ...given, loss: undefined }, where), loss: OWN };
  const { preset, quality } = completeOptions(RUN_OPTIONS, given, where);
  const all: Record<string, unknown> = { ...given };
  for (const [flag, fixed] of [
    [`--preset ${preset}`, preset === undefined ? {} : PRESETS[preset]],
    [`--quality ${quality}`, quality === undefined ? {} : QUALITIES[quality]],
  ] as const)
    for (const [name, value] of Object.entries(fixed)) {
      if (all[name] !== undefined && all[name] !== value) {
        throw new UserError(
          `${flagOf(name)} ${JSON.stringify(all[name])} contradicts ${flag}, which has ${String(value)}: leave one of them out`,
        );
      }
      all[name] = value;
    }
  const { model, digit } = completeOptions(RUN_OPTIONS, all, where);
  refuseContradictions(all);
  for (const [other, table] of Object.entries(MODEL_OPTIONS)) {
    const foreign = other === model ? undefined : Object.keys(table).find((name) => name in all);
    if (foreign !== undefined)
      throw new UserError(
        `${flagOf(foreign)}: found it with --model ${model}, expected --model ${other}, which alone has it`,
      );
  }
  return completeOptions(tableOf(model, digit !== undefined), all, where) as RunOptions;
}

/**
 * Checks what was asked for. Saved options have the epochs that follow from steps as well.
 *
 * @throws UserError where the length of a run is given in epochs and in steps.
 */
export function refuseTwoLengths({
  epochs,
  steps,
  quality,
}: Readonly<Record<string, unknown>>): void {
  const other = steps !== undefined ? '--steps' : quality !== undefined ? '--quality' : undefined;
  if (epochs !== undefined && other !== undefined)
    throw new UserError(`--epochs and ${other}: found both, expected one length of the run`);
}

/**
 * What a learning rate leaves as it is, in a sentence; undefined where it is both networks', or nobody gave one alone.
 *
 * @param given those that somebody gave, or has vary.
 */
export function unmovedRate(
  given: Readonly<Record<string, unknown>>,
  { learningRate, discriminatorLearningRate: own }: RunOptions,
): string | undefined {
  const isAlone = given.learningRate !== undefined && given.discriminatorLearningRate === undefined;
  return isAlone && own !== undefined && own !== learningRate
    ? `--learning-rate moves the generator alone: the discriminator's is ${own} (--discriminator-learning-rate)`
    : undefined;
}

/** Those of a run on so many images: where its length is in steps, the epochs that have them. */
export function ofLength(options: RunOptions, images: number): RunOptions {
  const { steps, batchSize } = options;
  if (steps === undefined) return options;
  const perEpoch = Math.floor(images / batchSize);
  // Batches says what is wrong where there is not one.
  return perEpoch === 0 ? options : { ...options, epochs: Math.ceil(steps / perEpoch) };
}

/**
 * The options of a saved run. Those that runs did not have in the first format of options.json were then as if they had been
 * set so; today's defaults are others.
 *
 * @throws as {@link runOptions}.
 */
export function savedOptions(saved: Readonly<Record<string, unknown>>, where: string): RunOptions {
  const first = 'loss' in saved ? {} : { ...FIRST_FORMAT, ...firstNetworks(saved) };
  return runOptions({ ...NOT_MEASURED, ...first, ...saved }, where);
}

const NOT_MEASURED = { measureEvery: 0 } as const;

const FIRST_FORMAT = {
  conditional: false,
  loss: 'non-saturating',
  penalty: 'none',
  beta2: 0.999,
} as const;

const firstNetworks = ({ model }: Readonly<Record<string, unknown>>): object =>
  model === 'conv'
    ? { baseChannels: 64 }
    : { initialisation: 'glorot', discriminatorLayers: 'widening' };

/**
 * Options for images of a kind: those without classes, or of one, cannot be asked for by class.
 *
 * @throws as {@link runOptions}.
 */
export function runOptionsFor(
  { classes }: ImageKind,
  given: Readonly<Record<string, unknown>>,
): RunOptions {
  const hasNothingToAsk = classes.length < 2 && given.conditional === undefined;
  return runOptions(hasNothingToAsk ? { ...given, conditional: false } : given);
}

/** @throws UserError for options that have no meaning together. */
function refuseContradictions({
  digit,
  conditional,
  loss,
  labelSmoothing,
  measureEvery,
  keep,
  until,
}: Record<string, unknown>): void {
  if (measureEvery === 0 && (keep === 'best' || until !== undefined))
    throw new UserError(
      `${keep === 'best' ? '--keep best' : '--until'}: found it with --measure-every 0, expected measures to go by`,
    );
  if (digit !== undefined && conditional === true)
    throw new UserError(
      '--digit and --conditional: found both, expected one: a model of one digit has nothing to ask for',
    );
  if (Number(labelSmoothing ?? 0) > 0 && (loss ?? 'non-saturating') !== 'non-saturating')
    throw new UserError(
      `--label-smoothing: found it with --loss ${String(loss)}, expected --loss non-saturating, which alone has labels`,
    );
}

/** The options of a model, with its defaults. */
function tableOf(model: ModelName, oneDigit: boolean): OptionTable {
  const table: OptionTable = { ...COMMON_OPTIONS, ...MODEL_OPTIONS[model] };
  return Object.fromEntries(
    Object.entries(table).map(([name, definition]) => {
      const defaults = 'defaults' in definition ? definition.defaults : undefined;
      const ofOneDigit = defaults?.[`${model}, one digit`] ?? defaults?.['one digit'];
      const own = (oneDigit ? ofOneDigit : undefined) ?? defaults?.[model];
      return [name, own === undefined ? definition : { ...definition, default: own }];
    }),
  ) as OptionTable;
}
