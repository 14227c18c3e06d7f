/**
 * TensorFlow.js' packages are CommonJS. Where a module imports one, Node.js first reads its megabyte for the names of its exports,
 * by a parser in JavaScript: 0.15 s of each start. `require` does without, and gives the same module.
 */
const IMPORT = /^import (?:(\* as \w+|\{[^}]*\}) from )?'(@tensorflow\/[^']+)';/gm;

/** @returns the code of an ES module with `require` in the place of imports of TensorFlow.js, line by line. */
export function withRequired(code) {
  return code.replace(IMPORT, (_, names, name) => {
    const required = `process.getBuiltinModule('node:module').createRequire(import.meta.url)('${name}');`;
    if (names === undefined) return required;
    return `const ${names.replace('* as ', '').replaceAll(' as ', ': ')} = ${required}`;
  });
}
