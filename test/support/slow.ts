/**
 * Whether tests run that take tens of seconds for what smaller ones show nearly as well: `SLOW_TESTS=1 npm test`, as .ci/run does.
 * They are networks of true size beside eager TensorFlow.js, a very deep graph, more of the random cases, and the longer programs of
 * README and examples/.
 */
export const SLOW = process.env.SLOW_TESTS !== undefined;
