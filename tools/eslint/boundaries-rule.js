import { builtinModules } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';

/**
 * @typedef {object} Table
 * @property {Record<string, readonly string[]>} siblings package -> siblings that it may import
 * @property {Record<string, Record<string, string | readonly string[]>>} adapters package -> library -> the one file that may import it, or one for each process
 */

/** @typedef {'source' | 'test' | 'lab test'} Kind */

/**
 * Tests, and what only tests use: a file by its name, or the deliberate breaks of a suite by their folder. (The lab breaks
 * clouds for a living: its folder of that name is part of it.)
 * @param {string} pkg
 * @param {string} inside path below src/
 */
export function isForTests(pkg, inside) {
  return /\.(?:test|bench|suite)\.ts$/.test(inside) || (pkg !== 'lab' && inside.startsWith('faults/'));
}

/**
 * Which package a file belongs to and what kind of file it is.
 * @param {string} file path from the top of the repository
 */
function place(file) {
  const match = /^(?:packages\/([^/]+)|tools\/(lab))\/src\/(.+)$/.exec(file.split(sep).join('/'));
  if (match === null) return undefined;
  const [, published, tool, inside = ''] = match;
  const pkg = published ?? tool ?? '';
  /** @type {Kind} */
  const kind = inside.endsWith('.lab.test.ts') ? 'lab test' : isForTests(pkg, inside) ? 'test' : 'source';
  return { pkg, inside, kind, folder: published === undefined ? `tools/${pkg}` : `packages/${pkg}` };
}

/** @param {string} specifier */
function libraryOf(specifier) {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

/**
 * Why a file may not import something.
 * @param {string} file path from the top of the repository
 * @param {string} specifier as written
 * @param {Table} table
 * @returns {string | undefined} undefined when it may
 */
function whyNot(file, specifier, table) {
  const here = place(file);
  if (here === undefined) return undefined;
  const { pkg, inside, kind, folder } = here;

  if (specifier.startsWith('.')) {
    const target = relative(folder, join(dirname(file), specifier))
      .split(sep)
      .join('/');
    if (!target.startsWith('src/')) return 'Reach another package by its name, and none by its files.';
    const forTests = isForTests(pkg, target.slice('src/'.length).replace(/\.js$/, '.ts'));
    return kind === 'source' && forTests ? `${specifier} is for tests.` : undefined;
  }
  if (specifier.startsWith('node:')) return undefined;
  if (builtinModules.includes(specifier)) return `Write node:${specifier}.`;

  if (specifier.startsWith('@whitebox/')) {
    const [, sibling = '', subpath] = specifier.split('/');
    if (sibling === pkg) return 'A package reaches its own files by relative paths.';
    if (!Object.hasOwn(table.siblings, sibling)) return `There is no package ${specifier} (boundaries.js).`;
    if (sibling === 'lab') {
      return kind === 'lab test' ? undefined : 'Only *.lab.test.ts may know the lab (boundaries.js).';
    }
    if (kind !== 'source') return undefined;
    const allowed = table.siblings[pkg] ?? [];
    if (!allowed.includes(sibling)) {
      return `@whitebox/${pkg} may use ${allowed.join(', ') || 'no sibling'} only (boundaries.js).`;
    }
    return subpath === 'testing' ? `${specifier} is for tests.` : undefined;
  }

  if (kind !== 'source') return undefined;
  const library = libraryOf(specifier);
  const adapter = table.adapters[pkg]?.[library];
  if (adapter === undefined) return `${library} is no library of @whitebox/${pkg} (boundaries.js).`;
  const files = [adapter].flat();
  return files.includes(inside)
    ? undefined
    : `${library} is imported in src/${files.join(' and src/')} only (boundaries.js).`;
}

/**
 * Holds every import, in each of its forms, against the table of boundaries.js.
 * @param {Table} table
 * @param {string} root top of the repository
 * @returns {import('eslint').Rule.RuleModule}
 */
export function boundariesRule(table, root) {
  return {
    meta: {
      type: 'problem',
      docs: { description: 'a package imports only what boundaries.js allows' },
      messages: { forbidden: '{{reason}}' },
      schema: [],
    },
    create(context) {
      const file = relative(root, context.filename);
      /**
       * @param {import('estree').Node} node
       * @param {unknown} source node of the specifier
       */
      const check = (node, source) => {
        if (typeof source !== 'object' || source === null || !('value' in source)) return;
        if (typeof source.value !== 'string') return;
        const reason = whyNot(file, source.value, table);
        if (reason !== undefined) context.report({ node, messageId: 'forbidden', data: { reason } });
      };
      return {
        ImportDeclaration: (node) => {
          check(node, node.source);
        },
        ExportNamedDeclaration: (node) => {
          check(node, node.source);
        },
        ExportAllDeclaration: (node) => {
          check(node, node.source);
        },
        ImportExpression: (node) => {
          check(node, node.source);
        },
        // The type import('x').Y.
        TSImportType: (/** @type {any} */ node) => {
          check(node, node.source ?? node.argument?.literal);
        },
        CallExpression: (node) => {
          if (node.callee.type === 'Identifier' && node.callee.name === 'require')
            check(node, node.arguments[0]);
        },
      };
    },
  };
}
