import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { temporaryFolder } from './temporary-folder.js';

/**
 * The environment of a process in which functions of node:fs fail as another system's would, each so many times.
 *
 * @param failures the function, which of the paths (a pattern), the error's code, the first call that fails and the last.
 */
export function failing(
  failures: readonly {
    readonly call: 'rename' | 'link' | 'open' | 'mkdir' | 'unlink';
    readonly path: string;
    readonly code: string;
    readonly from?: number;
    readonly to?: number;
  }[],
): NodeJS.ProcessEnv {
  return preloaded(`
    import fs from 'node:fs';
    import fsp from 'node:fs/promises';
    import { syncBuiltinESMExports } from 'node:module';
    for (const { call, path, code, from = 1, to = Infinity } of ${JSON.stringify(failures)}) {
      let calls = 0;
      const check = (paths) => {
        if (!paths.some((one) => typeof one === 'string' && new RegExp(path).test(one))) return;
        calls++;
        if (calls < from || calls > to) return;
        throw Object.assign(new Error(code + ': ' + call), { code, syscall: call, path: paths[0] });
      };
      const sync = fs[call + 'Sync'];
      fs[call + 'Sync'] = (...args) => { check(args.slice(0, 2).reverse().slice(0, call === 'rename' ? 1 : 2)); return sync(...args); };
      const promised = fsp[call];
      fsp[call] = async (...args) => { check(args.slice(0, 2).reverse().slice(0, call === 'rename' ? 1 : 2)); return promised(...args); };
    }
    syncBuiltinESMExports();`);
}

/** The environment of a process that runs something first: an ES module. */
export function preloaded(text: string): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--import ${pathToFileURL(written(text, 'first.mjs')).href}` };
}

/** The same as a CommonJS module, which the process's worker threads run too. */
export function required(text: string): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--require ${written(text, 'first.cjs')}` };
}

function written(text: string, name: string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}
