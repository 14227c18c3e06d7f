import { WriteStream } from 'node:tty';
import { Chalk, type ChalkInstance } from 'chalk';

/** 0: no colours, 1: the 16 basic ones, 2: 256, 3: 24 bits. */
export type ColorLevel = 0 | 1 | 2 | 3;

/** By the bits of a colour. */
const LEVELS: ReadonlyMap<number, ColorLevel> = new Map([
  [4, 1],
  [8, 2],
  [24, 3],
]);

/**
 * The colours that a stream can show. FORCE_COLOR (0 to 3, true, false) decides where it is set, then NO_COLOR
 * (https://no-color.org: set and not empty), then the terminal as Node.js knows it. chalk's own answer would take our
 * `--color rgb`, which is about images, for a wish for colours in the terminal.
 */
export function colorLevel(
  stream: NodeJS.WritableStream,
  env: NodeJS.ProcessEnv = process.env,
): ColorLevel {
  const forced = env['FORCE_COLOR'];
  if (forced === 'false' || forced === '0') return 0;
  if (forced === '2' || forced === '3') return Number(forced) as ColorLevel;
  if (forced !== undefined) return 1;
  if (env['NO_COLOR']) return 0;
  return stream instanceof WriteStream ? (LEVELS.get(stream.getColorDepth(env)) ?? 0) : 0;
}

/** chalk at a level of its own, whatever the level of the process is. */
export function chalkAt(level: ColorLevel): ChalkInstance {
  return new Chalk({ level });
}
