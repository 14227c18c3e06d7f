/**
 * The entry for `require`: index.cjs, which loads the module, and its types. A declaration file of a CommonJS module
 * cannot re-export the values of an ES module, so each is declared by its name.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** Writes NAME.cjs and NAME.d.cts beside NAME.js and NAME.d.ts in `folder`. */
export function writeCommonJsEntry(folder, name = 'index') {
  const entry = join(folder, `${name}.d.ts`);
  const program = ts.createProgram([entry], {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    skipLibCheck: true,
  });
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry));
  const lines = checker
    .getExportsOfModule(module)
    .flatMap((symbol) => declarations(symbol, checker, name))
    .sort();
  const header = `import type * as module from './${name}.js' with { 'resolution-mode': 'import' };`;
  writeFileSync(join(folder, `${name}.d.cts`), [header, ...lines, ''].join('\n'));
  writeFileSync(
    join(folder, `${name}.cjs`),
    `'use strict';\nmodule.exports = require('./${name}.js');\n`,
  );
}

function declarations(symbol, checker, entry) {
  const { name } = symbol;
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const isValue = (target.flags & ts.SymbolFlags.Value) !== 0;
  const isType = (target.flags & ts.SymbolFlags.Type) !== 0;
  if (isType && !isValue)
    return [`export type { ${name} } from './${entry}.js' with { 'resolution-mode': 'import' };`];
  const value = `export declare const ${name}: typeof module.${name};`;
  if (!isType) return [value];
  if (checker.getDeclaredTypeOfSymbol(target).typeParameters?.length)
    throw new Error(`${name} is a generic class: index.d.cts would lose its parameters`);
  return [value, `export type ${name} = module.${name};`];
}
