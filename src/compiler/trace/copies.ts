import * as tf from '@tensorflow/tfjs-core';

let warned = false;

/**
 * TensorFlow.js keeps its engine, its kernels and its platform globally, so that a second copy of it shares them with the one that the
 * compiler uses: tensors, variables and gradients are then of one version, the code that calls them of another.
 */
export function warnOfOtherCopy(): void {
  const own = fileThrowing(() => tf.util.assert(false, () => ''));
  const others = [
    // The copy that was loaded first makes the engine, the last one the platform.
    fileThrowing(() => tf.engine().tidy(undefined as never)),
    fileThrowing(() => tf.env().platform.encode('', 'none')),
  ];
  const other = others.find((file) => file !== undefined && file !== own);
  if (own === undefined || other === undefined || warned) return;
  warned = true;
  const text = `TensorFlow.js' core is loaded twice, from ${own} and from ${other}: install one version of @tensorflow/tfjs-core (${tf.version_core}), so that both are the same`;
  if (typeof process === 'undefined') console.warn(text);
  else process.emitWarning(text);
}

/** The file that an error comes from, where the engine's stack traces say so. */
function fileThrowing(fail: () => unknown): string | undefined {
  try {
    fail();
  } catch (error) {
    const [, file] =
      /^\s+at .*?\(?((?:[a-z]+:)?\/[^()]+?):\d+:\d+\)?$/m.exec(String((error as Error).stack)) ??
      [];
    return file?.replace(/^file:\/\//, '');
  }
  return undefined;
}
