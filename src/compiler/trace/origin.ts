import { engine } from '@tensorflow/tfjs-core';

/** TensorFlow.js names the scope of each op so. */
const OP_SUFFIX = '__op';

/**
 * The TensorFlow.js op that is being called, as the user wrote it, with the one that does the work where that is another:
 * `tf.dropout (tf.randomUniform)`. Undefined outside of ops.
 */
export function currentOp(): string | undefined {
  const names = engine().state.scopeStack.map(({ name }) => name);
  const ops = names
    .filter((name) => name.endsWith(OP_SUFFIX))
    .map((name) => `tf.${name.slice(0, -OP_SUFFIX.length)}`);
  if (ops.length === 0) return names.includes('backward') ? 'a gradient' : undefined;
  const [outer] = ops;
  const inner = ops[ops.length - 1];
  return `${outer}${inner === outer ? '' : ` (${inner})`}${names.includes('backward') ? ' in a gradient' : ''}`;
}
