/** The types and the linter's rules, which ask for types: one program of the compiler serves both. */
import { ESLint } from 'eslint';
import process from 'node:process';
import ts from 'typescript';

const host = {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
    throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
  },
};
const { fileNames, options, errors } = ts.getParsedCommandLineOfConfigFile(
  'tsconfig.json',
  undefined,
  host,
);
const program = ts.createProgram(fileNames, options);
const mistakes = [...errors, ...ts.getPreEmitDiagnostics(program)];
process.stdout.write(
  ts.formatDiagnostics(mistakes, {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: ts.sys.getCurrentDirectory,
    getNewLine: () => '\n',
  }),
);

const parserOptions = { project: null, programs: [program] };
const eslint = new ESLint({ overrideConfig: { languageOptions: { parserOptions } } });
const results = await eslint.lintFiles(['.']);
process.stdout.write(await (await eslint.loadFormatter('stylish')).format(results));
const found = results.some(({ errorCount, fatalErrorCount }) => errorCount + fatalErrorCount > 0);
process.exitCode = mistakes.length > 0 || found ? 1 : 0;
