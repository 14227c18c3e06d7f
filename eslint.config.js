import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      'docs/api/',
      'dist',
      'dist.new',
      'dist.old',
      'outputs',
      'data',
      'node_modules',
      'bench/peers/installed',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json' } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/require-await': 'off',
    },
  },
  { files: ['src/**/*.ts'], rules: { 'max-lines': ['error', 250] } },
  {
    files: [
      'src/{compiler,explain,evaluation,files}/**/*.ts',
      'src/{cli,commands,gan,library,runs,sweeps,training}/**/*.ts',
    ],
    rules: { 'max-lines-per-function': ['error', 60] },
  },
  {
    files: ['**/*.js', '**/*.cjs', '**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        AbortController: 'readonly',
        Buffer: 'readonly',
        console: 'readonly',
        module: 'writable',
      },
    },
  },
);
