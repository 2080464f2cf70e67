import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { adapters, siblings } from './boundaries.js';

const testFiles = ['**/*.test.ts', '**/*.bench.ts'];

/** Why an import is not allowed, told where it is written. */
function restrictions(pkg, allowedSiblings, file) {
  const thirdParty = Object.entries(adapters)
    .flatMap(([owner, files]) =>
      Object.entries(files).map(([library, adapter]) => ({ owner, library, adapter })),
    )
    .filter(({ owner, adapter }) => !(owner === pkg && adapter === file));
  const libraries = [...new Set(thirdParty.map(({ library }) => library))].filter(
    (library) => adapters[pkg]?.[library] === undefined || adapters[pkg][library] !== file,
  );
  return [
    'error',
    {
      patterns: [
        ...libraries.map((library) => ({
          regex: `^${library}($|/)`,
          message: `${library} is imported in one adapter file only (boundaries.js).`,
        })),
        {
          regex: `^@whitebox/(?!(${[...allowedSiblings, '-'].join('|')})($|/))`,
          message: `@whitebox/${pkg} may use ${allowedSiblings.join(', ') || 'no sibling'} only (boundaries.js).`,
        },
        { regex: '^\\.\\./\\.\\./\\.\\./', message: 'Reach another package by its name.' },
      ],
    },
  ];
}

const boundaryRules = Object.entries(siblings).flatMap(([pkg, allowed]) => {
  const root = pkg === 'lab' ? 'tools/lab' : `packages/${pkg}`;
  const adapterFiles = [...new Set(Object.values(adapters[pkg] ?? {}))];
  return [
    {
      files: [`${root}/src/**/*.ts`],
      ignores: [...testFiles, ...adapterFiles.map((file) => `${root}/src/${file}`)],
      rules: { 'no-restricted-imports': restrictions(pkg, allowed) },
    },
    ...adapterFiles.map((file) => ({
      files: [`${root}/src/${file}`],
      rules: { 'no-restricted-imports': restrictions(pkg, allowed, file) },
    })),
  ];
});

export default tseslint.config(
  { ignores: ['**/dist/', '**/testdata/', '.nx/', '.cache/', 'coverage/', 'node_modules/'] },
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
      // tsc asks for ['name'] on index signatures (noPropertyAccessFromIndexSignature), which this rule would undo.
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
    },
  },
  ...boundaryRules,
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', setTimeout: 'readonly' },
    },
  },
  {
    files: testFiles,
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
);
