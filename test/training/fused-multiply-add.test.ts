import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { loadBackend } from '../../src/backends/index.js';
import { train } from '../../src/training/train.js';
import { resume } from '../../src/training/resume.js';
import { runOptions } from '../../src/gan/options.js';
import { readRunDescription } from '../../src/runs/run-description.js';
import { mnist, SMALL } from '../support/small-run.js';
import { temporaryFolder } from '../support/temporary-folder.js';

// Node.js 20 has relaxed SIMD behind a flag.
setFlagsFromString('--experimental-wasm-relaxed-simd');
const outputs = temporaryFolder();

describe('a run with fused multiply-adds', () => {
  it('has the bits of one in its options, and says so where it goes on with other ones', async () => {
    const backend = await loadBackend('auto', 1, { fusedMultiplyAdd: true });
    expect(backend.name).toBe('wasm');
    // (1 + 2^-12)^2 - (1 + 2^-11) in float32: 2^-24 rounded once, 0 rounded twice.
    expect(['33800000', '00000000']).toContain(backend.fusedMultiplyAdd);
    const options = runOptions({ ...SMALL, epochs: 1 });
    const { folder } = await train({ options, outputs }, { mnist, backend });
    const file = join(folder, 'options.json');
    expect(readRunDescription(folder).backend.fusedMultiplyAdd).toBe(backend.fusedMultiplyAdd);

    const warnings: string[] = [];
    const followers = [{ warning: (text: string) => void warnings.push(text) }];
    await resume({ folder, epochs: 2 }, { mnist, backend, followers });
    expect(warnings).toEqual([]);
    const other = backend.fusedMultiplyAdd === '00000000' ? '33800000' : '00000000';
    writeFileSync(file, readFileSync(file, 'utf8').replace(backend.fusedMultiplyAdd!, other));
    await resume({ folder, epochs: 3 }, { mnist, backend, followers });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`fused multiply-adds (${other}); with`);
    expect(warnings[0]).toContain(`fused multiply-adds (${backend.fusedMultiplyAdd}),`);
  });

  it.each(['native', 'cpu', 'tensorflow'])('is not one on %s', async (name) => {
    await expect(loadBackend(name, 1, { fusedMultiplyAdd: true })).rejects.toThrow(
      `--fused-multiply-add: found it with --backend ${name}, expected wasm`,
    );
  });
});
