import { setFlagsFromString } from 'node:v8';

/** What a function may execute before it is optimised, in bytes, roughly: hundreds of times V8's own, near the flag's maximum. */
const LARGE_BUDGET = 2_000_000_000;

/** V8's own: of Node 20 (V8 11.3), and from Node 22 (V8 12.4) on. A program cannot ask for it. */
export const TIERING_BUDGET = parseInt(process.versions.v8) < 12 ? 1_800_000 : 13_000_000;

/**
 * Compiles WebAssembly whose code V8 leaves as its baseline compiler made it, but for what runs for seconds. For a large
 * module that runs for less time than it takes to optimise: resvg draws a short run in 0.4 s instead of 0.8, and needs 60 MB
 * less, most of which was the optimising compiler's own.
 *
 * V8 copies the budget into a module as that is made, so the flag is changed for this one call. A module that another thread
 * makes in the same milliseconds may get the large one too, and would be slower. A V8 without this flag would say so on stderr
 * and optimise; one with another budget of its own would go on with the one above, which moves the moment when later
 * modules are optimised and nothing else.
 *
 * @throws WebAssembly.CompileError for bytes that are no module.
 */
export function compileBaseline(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  setFlagsFromString(`--wasm-tiering-budget=${LARGE_BUDGET}`);
  try {
    return new WebAssembly.Module(bytes);
  } finally {
    setFlagsFromString(`--wasm-tiering-budget=${TIERING_BUDGET}`);
  }
}
