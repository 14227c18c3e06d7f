import { execFileSync } from 'node:child_process';
import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { expect, it } from 'vitest';
import { compileBaseline, TIERING_BUDGET } from '../../src/images/baseline-wasm.js';

/** (module (func (export "f") (param i32) (loop local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0))) */
const COUNT_DOWN = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 1, 0x7f, 0, 3, 2, 1, 0],
  ...[7, 5, 1, 1, 0x66, 0, 0, 10, 16, 1, 14, 0],
  ...[3, 0x40, 0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b, 0x0b],
);
/** An empty custom section, so that it is another module to V8, which keeps compiled ones. */
const ANOTHER = Uint8Array.of(...COUNT_DOWN, 0, 2, 1, 0x61);

setFlagsFromString('--allow-natives-syntax');
const isBaseline = runInThisContext('(f) => %IsLiftoffFunction(f)') as (f: unknown) => boolean;
const functionOf = (module: WebAssembly.Module) =>
  new WebAssembly.Instance(module).exports.f as (from: number) => void;

it('keeps a module’s functions as they are, and optimises those of the next', () => {
  const kept = functionOf(compileBaseline(COUNT_DOWN));
  const next = functionOf(new WebAssembly.Module(ANOTHER));
  do {
    kept(1_000_000);
    next(1_000_000);
  } while (isBaseline(next));
  expect(isBaseline(kept)).toBe(true);
});

it('puts back the budget that this Node.js has by itself', () => {
  const flags = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  expect(flags).toContain(`default: --wasm-tiering-budget=${TIERING_BUDGET}`);
});

it('says what is no module', () => {
  expect(() => compileBaseline(Uint8Array.of(1, 2, 3))).toThrow(WebAssembly.CompileError);
});
