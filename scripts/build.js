/**
 * Makes dist: the compiled sources, which `require` TensorFlow.js (required.js), what is copied out of other packages
 * (vendor.js), what pages carry (bundles.js), and the entries for `require`.
 * Does nothing where dist was made from what is there now: `npm ci`, `npm test` and `npx` each ask for it.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath, URL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');
/** Where dist is made: it takes its name when it is whole. */
const NEW = join(ROOT, 'dist.new');
const OLD = join(ROOT, 'dist.old');
/** The digest of everything that dist was made from. */
const STAMP = '.made-from';

const INPUTS = [
  'src',
  'scripts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
];

const digest = inputsDigest();
if (!isMadeFrom(digest)) await build(digest);

function inputsDigest() {
  const hash = createHash('sha256');
  for (const path of INPUTS.flatMap((name) => filesOf(join(ROOT, name)))) {
    hash
      .update(`${relative(ROOT, path)}\0`)
      .update(readFileSync(path))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesOf(path) {
  if (!statSync(path).isDirectory()) return [path];
  const entries = readdirSync(path, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function isMadeFrom(digest) {
  const stamp = join(DIST, STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === digest;
}

async function build(digest) {
  const tsc = installedCompiler();
  for (const left of [NEW, OLD]) rmSync(left, { recursive: true, force: true });
  const { status } = spawnSync(
    process.execPath,
    [tsc, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', NEW],
    {
      stdio: 'inherit',
    },
  );
  if (status !== 0) process.exit(1);
  const [
    { copyVendored },
    { writeBundles },
    { writePublicTypes },
    { writeCommonJsEntry },
    { writeEventsSchema },
    { withRequired },
  ] = await Promise.all([
    import('./vendor.js'),
    import('./bundles.js'),
    import('./public-types.js'),
    import('./commonjs-entry.js'),
    import('./events-schema.js'),
    import('./required.js'),
  ]);
  for (const path of filesOf(NEW).filter((name) => name.endsWith('.js')))
    writeFileSync(path, withRequired(readFileSync(path, 'utf8')));
  copyVendored(join(NEW, 'vendor'));
  await writeBundles(ROOT, NEW);
  writePublicTypes(NEW);
  writeCommonJsEntry(NEW);
  writeCommonJsEntry(NEW, 'compiler-entry');
  writeEventsSchema(ROOT, NEW);
  writeFileSync(join(NEW, STAMP), digest);
  if (existsSync(DIST)) renameSync(DIST, OLD);
  renameSync(NEW, DIST);
  rmSync(OLD, { recursive: true, force: true });
}

/** The path of tsc; ends with a sentence where the packages that build are not installed. */
function installedCompiler() {
  try {
    return createRequire(import.meta.url).resolve('typescript/bin/tsc');
  } catch {
    process.stderr.write(
      'gan-mnist: dist is not built, and the packages that build it are not installed ' +
        '(NODE_ENV=production or --omit=dev leaves them out); run: npm ci --include=dev\n',
    );
    return process.exit(1);
  }
}
