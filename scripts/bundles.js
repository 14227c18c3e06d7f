/**
 * What esbuild puts together: ECharts with the parts of it that are used, for Node.js, and what every page carries, its script
 * and its style.
 */
import { build } from 'esbuild';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** Writes charts/echarts.js, in the place of what tsc has made of it, and pages/page.js and page.css into `folder`. */
export async function writeBundles(root, folder) {
  const shared = {
    bundle: true,
    minify: true,
    logLevel: 'warning',
    define: { 'process.env.NODE_ENV': '"production"', __DEV__: 'false' },
    // Of ECharts; pages cannot point to a file beside them.
    legalComments: 'eof',
    charset: 'ascii',
  };
  await Promise.all([
    build({
      ...shared,
      entryPoints: [join(root, 'src/charts/echarts.ts')],
      outfile: join(folder, 'charts/echarts.js'),
      format: 'esm',
      platform: 'node',
      target: 'node20',
    }),
    build({
      ...shared,
      entryPoints: [join(root, 'src/browser/page.ts'), join(root, 'src/browser/page.css')],
      outdir: join(folder, 'pages'),
      format: 'iife',
      platform: 'browser',
      target: ['chrome109', 'firefox115', 'safari16'],
    }),
  ]);
  // Of what was in its place.
  rmSync(join(folder, 'charts/echarts.js.map'), { force: true });
  const licences = join(folder, 'vendor/echarts');
  mkdirSync(licences, { recursive: true });
  const echarts = dirname(require.resolve('echarts/package.json'));
  for (const name of ['LICENSE', 'NOTICE']) copyFileSync(join(echarts, name), join(licences, name));
}
