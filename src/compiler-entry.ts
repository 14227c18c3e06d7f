/**
 * Compiling training steps of one's own: any step in plain TensorFlow.js, traced once and run as generated WebAssembly or by ONNX
 * Runtime. Importing it loads TensorFlow.js.
 */
export { loadBackend, type Backend, type BackendName, type Executable } from './backends/index.js';
export type { LoadOptions, Values } from './backends/index.js';
export { compile, type Compiled, type CompiledStep } from './compiler/compile.js';
export { printGraph } from './compiler/graph/print.js';
export { printPlan } from './compiler/plan/print.js';
export { browserTarget, type Target } from './compiler/target.js';
export type { RandomSource, StepRandom } from './compiler/trace/random.js';
export { trace, type InputSpec, type Step, type TraceOptions } from './compiler/trace/trace.js';
export { Batches } from './data/batches.js';
export { Random } from './data/random.js';
export { Adam } from './gan/adam.js';
export { buildGan } from './gan/build.js';
export { stackGan, type Gan } from './gan/gan.js';
export { ganStep } from './gan/step.js';
