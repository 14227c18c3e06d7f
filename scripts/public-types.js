/**
 * Makes the declarations that the entries reach free of TensorFlow.js' own: these do not compile with
 * TypeScript 6 and later (`@webgpu/types` against lib.dom), and those of tfjs-layers with none, unless skipLibCheck is on.
 * Where a declaration names one of its types, it is `any` until the user imports gan-mnist/tfjs, which has the real ones.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

const CORE = '@tensorflow/tfjs-core';
const TENSORFLOW = [CORE, '@tensorflow/tfjs-layers', '@tensorflow/tfjs-backend-cpu'];
const SHIM = 'tensorflow';

/** Changes the declarations in `folder`, and adds tfjs-types.*, the entry gan-mnist/tfjs. */
export function writePublicTypes(folder) {
  const reached = new Map();
  for (const entry of ['index', 'compiler-entry']) reach(join(folder, `${entry}.d.ts`), reached);
  const names = { core: new Set(), others: new Set() };
  for (const [path, source] of reached) {
    const text = withoutTensorFlow(source, relativeTo(path, join(folder, `${SHIM}.js`)), names);
    if (text !== source.text) writeFileSync(path, text);
  }
  writeShim(folder, names);
}

const relativeTo = (path, to) => {
  const name = relative(dirname(path), to).replaceAll('\\', '/');
  return name.startsWith('.') ? name : `./${name}`;
};

/** The parts of a source that name modules: `from '...'`, `import '...'`, `import('...')`. */
function moduleNames(source) {
  const found = [];
  const visit = (node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      if (node.moduleSpecifier) found.push({ literal: node.moduleSpecifier, node });
    } else if (ts.isImportTypeNode(node)) found.push({ literal: node.argument.literal, node });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function reach(path, reached) {
  if (reached.has(path)) return;
  const source = ts.createSourceFile(
    path,
    readFileSync(path, 'utf8'),
    ts.ScriptTarget.ES2022,
    true,
  );
  reached.set(path, source);
  for (const { literal } of moduleNames(source)) {
    if (!literal.text.startsWith('.')) continue;
    const next = join(dirname(path), literal.text.replace(/\.js$/, '.d.ts'));
    if (!existsSync(next))
      throw new Error(`${path} imports ${literal.text}, which has no declarations`);
    reach(next, reached);
  }
}

/** The text with the shim in the place of TensorFlow.js; the names that it takes from there go into `names`. */
function withoutTensorFlow(source, shim, names) {
  let { text } = source;
  for (const { literal, node } of moduleNames(source).reverse()) {
    if (!TENSORFLOW.includes(literal.text)) continue;
    const bindings = ts.isImportDeclaration(node) ? node.importClause?.namedBindings : undefined;
    const kind = literal.text === CORE ? names.core : names.others;
    if (bindings === undefined) {
      if (!ts.isImportDeclaration(node) || node.importClause)
        throw new Error(`${source.fileName}: ${node.getText()} is no import by name`);
      text = text.slice(0, node.getStart()) + text.slice(node.getEnd());
      continue;
    }
    if (ts.isNamedImports(bindings))
      for (const { name, propertyName } of bindings.elements) kind.add((propertyName ?? name).text);
    else for (const name of membersOf(source, bindings.name.text)) kind.add(name);
    text = `${text.slice(0, literal.getStart())}'${shim}'${text.slice(literal.getEnd())}`;
  }
  return text;
}

/** The types that a source takes from a namespace: `tf.Tensor`. */
function membersOf(source, namespace) {
  const found = new Set();
  const visit = (node) => {
    if (ts.isQualifiedName(node) && node.left.getText() === namespace) found.add(node.right.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function writeShim(folder, { core, others }) {
  const lines = [...core]
    .sort()
    .map((name) => `export type ${name}<_ = unknown> = Named<'${name}'>;`);
  // Namespaces of functions and classes are written small.
  const untyped = [...others]
    .sort()
    .map((name) =>
      /^[a-z]/.test(name) ? `export declare const ${name}: any;` : `export type ${name} = any;`,
    );
  const shim = `/** The types of TensorFlow.js that are named here: any, until gan-mnist/tfjs is imported. */
export interface TensorFlowTypes {}
type Named<Name extends string> = TensorFlowTypes extends Record<Name, infer Type> ? Type : any;
${[...lines, ...untyped].join('\n')}
`;
  writeFileSync(join(folder, `${SHIM}.d.ts`), shim);
  const members = [...core].sort().map((name) => `    ${name}: tf.${name};`);
  const real = `import type * as tf from '${CORE}';
declare module './${SHIM}.js' {
  interface TensorFlowTypes {
${members.join('\n')}
  }
}
export {};
`;
  writeFileSync(join(folder, 'tfjs-types.d.ts'), real);
  writeFileSync(join(folder, 'tfjs-types.js'), 'export {};\n');
  const mode = `with { 'resolution-mode': 'import' }`;
  writeFileSync(
    join(folder, 'tfjs-types.d.cts'),
    `export type {} from './tfjs-types.js' ${mode};\n`,
  );
  writeFileSync(join(folder, 'tfjs-types.cjs'), `'use strict';\n`);
}
