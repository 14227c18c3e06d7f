import { RunError } from '../errors.js';
import { wasmFunction } from '../compiler/wasm/assembler.js';
import { encodeModule } from '../compiler/wasm/encode.js';
import { f32x4, v128 } from '../compiler/wasm/instructions.js';

/** (1 + 2^-12)^2 - (1 + 2^-11) is 2^-24 where it is rounded once, and 0 where the product is rounded before. */
const [X, MINUS_Y] = [1 + 2 ** -12, -(1 + 2 ** -11)];

/**
 * The bits of a product and sum in one instruction, in hexadecimal: what a run's bits depend on beside its program.
 *
 * @throws RunError where the engine has no relaxed SIMD.
 */
export async function fusedMultiplyAddBits(): Promise<string> {
  const probe = wasmFunction('probe', 0, () => [
    v128.store(32, f32x4.relaxedMultiplyAdd(v128.load(0), v128.load(0), v128.load(16))),
  ]);
  const bytes = encodeModule([probe], { pages: 1, shared: false });
  if (!WebAssembly.validate(bytes))
    throw new RunError(
      `--fused-multiply-add: WebAssembly has no relaxed SIMD here (Node.js ${process.versions.node}), expected Node.js 22 or later`,
    );
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  new Float32Array(memory.buffer).set([X, X, X, X, MINUS_Y, MINUS_Y, MINUS_Y, MINUS_Y]);
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  (instance.exports['probe'] as () => void)();
  return new Uint32Array(memory.buffer)[8].toString(16).padStart(8, '0');
}
