import { loadBackend, type Backend } from '../backends/index.js';
import { CurrentDrawings } from '../drawings/current-drawings.js';
import { allOf, type Follower } from '../training/follower.js';

/** The folder of all runs, where none is named. */
export const OUTPUTS = 'outputs';

/** What computes. */
export interface ComputeOptions {
  /** `auto` takes the fastest that loads; or one that is loaded already. */
  readonly backend?: string | Backend;
  /** Processors; all by default. */
  readonly threads?: number;
  /** Of `wasm`: multiplies and adds in one instruction, as `--fused-multiply-add`. */
  readonly fusedMultiplyAdd?: boolean;
}

/** Who follows a training of the library, and what may stop it. */
export interface FollowOptions {
  readonly on?: Follower;
  /** Ends the training after the step under way; what there is gets saved. */
  readonly signal?: AbortSignal;
  /** Whether to draw pictures, the report and TensorBoard's events, as the command does (default). */
  readonly draw?: boolean;
}

/** @param warn told where `auto` had to take a slower one. */
export async function backendOf(
  { backend = 'auto', threads, fusedMultiplyAdd }: ComputeOptions,
  warn?: (message: string) => void,
): Promise<Backend> {
  if (typeof backend !== 'string') return backend;
  const loaded = await loadBackend(backend, threads, { fusedMultiplyAdd });
  if (loaded.slower !== undefined) warn?.(loaded.slower);
  return loaded;
}

/** The caller's follower and, unless it is not wanted, what draws. */
export function followersOf(options: FollowOptions): readonly Follower[] {
  const { on = {}, draw = true } = options;
  return draw ? [on, new CurrentDrawings(warningOf(options))] : [on];
}

/** Tells the caller's follower of something that is off. */
export const warningOf =
  ({ on = {} }: FollowOptions) =>
  (message: string): void =>
    allOf([on]).warning(message);

/** The options of a call that decide what is computed: those that are not undefined, without those that only say where and how. */
export const without = <Others extends object>(
  options: object,
  others: Readonly<Record<keyof Others, true>>,
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(given(options)).filter(([name]) => !Object.hasOwn(others, name)),
  );

/** The names of {@link ComputeOptions}. */
export const COMPUTE = { backend: true, threads: true, fusedMultiplyAdd: true } as const;

/** The names of {@link FollowOptions}. */
export const FOLLOW = { on: true, signal: true, draw: true } as const;

/** Options without those that are undefined, as they come from a spread of optional ones. */
export const given = <Options extends object>(options: Options): Given<Options> =>
  Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Given<Options>;

type Given<Options> = { -readonly [Name in keyof Options]?: Exclude<Options[Name], undefined> };
