import { Chalk, supportsColor, supportsColorStderr, type ChalkInstance } from 'chalk';

/** 0: no colours, 1: the 16 basic ones, 2: 256, 3: 24 bits. */
export type ColorLevel = 0 | 1 | 2 | 3;

/**
 * The colours that a stream can show. FORCE_COLOR (0 to 3, true, false) decides where it is set, then NO_COLOR
 * (https://no-color.org: set and not empty), then the terminal as chalk knows it. chalk itself ignores NO_COLOR, and lets
 * TERM lower a forced level.
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
  const support = stream === process.stderr ? supportsColorStderr : supportsColor;
  return support === false ? 0 : support.level;
}

/** chalk at a level of its own, whatever the level of the process is. */
export function chalkAt(level: ColorLevel): ChalkInstance {
  return new Chalk({ level });
}
