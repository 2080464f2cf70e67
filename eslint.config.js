import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { adapters, siblings } from './boundaries.js';
import { boundariesRule } from './tools/eslint/boundaries-rule.js';

/** Of Node, for the plain JavaScript of the tools; TypeScript knows its own. */
const nodeGlobals = Object.fromEntries(
  [
    'AbortController',
    'AbortSignal',
    'Buffer',
    'clearInterval',
    'clearTimeout',
    'console',
    'fetch',
    'performance',
    'process',
    'setInterval',
    'setTimeout',
    'URL',
  ].map((name) => [name, /** @type {const} */ ('readonly')]),
);

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      '**/dist-test/',
      '**/testdata/',
      '.nx/',
      '.cache/',
      'coverage/',
      'node_modules/',
      'whitebox-results/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // `await using _change = ...` is used: by what happens at the end of its block.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreUsingDeclarations: true }],
      // tsc asks for ['name'] on index signatures (noPropertyAccessFromIndexSignature), which this rule would undo.
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
    },
  },
  {
    files: ['packages/*/src/**/*.ts', 'tools/lab/src/**/*.ts'],
    plugins: {
      whitebox: { rules: { boundaries: boundariesRule({ siblings, adapters }, import.meta.dirname) } },
    },
    rules: { 'whitebox/boundaries': 'error' },
  },
  { files: ['**/*.js', '**/*.mjs'], languageOptions: { globals: nodeGlobals } },
  {
    files: ['**/*.test.ts', '**/*.bench.ts', '**/*.suite.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
);
