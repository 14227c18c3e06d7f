import makeWabt from 'wabt';

const FEATURES = { simd: true, threads: true, bulk_memory: true, relaxed_simd: true };

/**
 * A WebAssembly module in the text format, by the WebAssembly Binary Toolkit: https://webassembly.github.io/spec/core/text/
 *
 * @param headings what stands above a function, by the name under which it is exported.
 */
export async function moduleText(
  bytes: Uint8Array,
  headings: ReadonlyMap<string, readonly string[]>,
): Promise<string> {
  const wabt = await makeWabt();
  const module = wabt.readWasm(bytes, FEATURES);
  try {
    const text = module.toText({ foldExprs: false, inlineExport: true });
    return text
      .split('\n')
      .flatMap((line) => {
        const name = /^ {2}\(func \(;\d+;\) \(export "(\w+)"\)/.exec(line)?.[1];
        const above = name === undefined ? [] : [...new Set(headings.get(name) ?? [])];
        return [...above.map((heading) => `  ;; ${heading}`), line];
      })
      .join('\n');
  } finally {
    module.destroy();
  }
}
