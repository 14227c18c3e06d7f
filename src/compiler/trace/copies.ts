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

/** The folder of the package that an error comes from, where the engine's stack traces say so. */
function placeThrowing(fail: () => unknown): string | undefined {
  try {
    fail();
  } catch (error) {
    const [, file] =
      /^\s+at .*?\(?((?:[a-zA-Z]+:)?[\\/][^()]+?):\d+:\d+\)?$/m.exec(
        String((error as Error).stack),
      ) ?? [];
    // A package may be many files, also by its source maps.
    return file?.replace(/^file:\/\//, '').replace(/[\\/](?:src|dist)[\\/].*|[\\/][^\\/]*$/, '');
  }
  return undefined;
}
