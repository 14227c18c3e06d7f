import * as tf from '@tensorflow/tfjs-core';

let warned = false;

/**
 * TensorFlow.js keeps its engine, its kernels and its platform globally, so that a second copy of it shares them with the one that the
 * compiler uses: tensors, variables and gradients are then of one version, the code that calls them of another.
 */
export function warnOfOtherCopy(): void {
  const own = placeThrowing(() => tf.util.assert(false, () => ''));
  const others = [
    // The copy that was loaded first makes the engine, the last one the platform.
    placeThrowing(() => tf.engine().tidy(undefined as never)),
    placeThrowing(() => tf.env().platform.encode('', 'none')),
  ];
  const other = others.find((place) => place !== undefined && place !== own);
  if (own === undefined || other === undefined || warned) return;
  warned = true;
  const text = `TensorFlow.js' core is loaded twice, from ${own} and from ${other}: install one version of @tensorflow/tfjs-core (${tf.version_core}), so that both are the same`;
  if (typeof process === 'undefined') console.warn(text);
  else process.emitWarning(text);
}

/**
 * The folder of the package that an error comes from, by V8's own list of calls: the text of a stack would have it read source maps, which take
 * megabytes. Undefined on other engines.
 */
function placeThrowing(fail: () => unknown): string | undefined {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- put back as it was
  const before = Error.prepareStackTrace;
  // Not where all that is built in is frozen (--frozen-intrinsics).
  if (!Reflect.set(Error, 'prepareStackTrace', (_: unknown, calls: unknown) => calls))
    return undefined;
  try {
    fail();
  } catch (error) {
    const calls = (error as { stack?: unknown }).stack;
    // None where the user wants no calls in errors (--stack-trace-limit=0).
    const [call] = Array.isArray(calls) ? (calls as (NodeJS.CallSite | undefined)[]) : [];
    const file = call?.getFileName();
    // A package may be many files.
    return file?.replace(/^file:\/\//, '').replace(/[\\/](?:src|dist)[\\/].*|[\\/][^\\/]*$/, '');
  } finally {
    Error.prepareStackTrace = before;
  }
  return undefined;
}
