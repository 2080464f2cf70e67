import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { adapters, siblings } from '../../boundaries.js';
import { isForTests } from '../eslint/boundaries-rule.js';
import { declaredSiblings, installedWith, root, workspaces } from '../support/repository.js';

const packages = workspaces();
const rootManifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const exact = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

/** @param {string} folder */
function sourcesOf(folder) {
  return readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !isForTests(basename(folder), file))
    .map((file) => ({ file, imports: importsOf(join(folder, 'src', file)) }));
}

/** @param {string} path */
function importsOf(path) {
  return ts
    .preProcessFile(readFileSync(path, 'utf8'), true, true)
    .importedFiles.map(({ fileName }) => fileName);
}

/** @param {readonly string[]} imports @param {string} library */
function includesLibrary(imports, library) {
  return imports.some((specifier) => specifier === library || specifier.startsWith(`${library}/`));
}

it('boundaries.js names every package and no other', () => {
  expect(Object.keys(siblings).sort()).toEqual(packages.map(({ short }) => short).sort());
  expect(Object.keys(siblings)).toEqual(expect.arrayContaining(Object.keys(adapters)));
});

it('boundaries.js has no package that needs itself, over whichever way', () => {
  /** @param {string} name @param {readonly string[]} way */
  const walk = (name, way) => {
    expect(way, `${[...way, name].join(' -> ')}`).not.toContain(name);
    for (const sibling of siblings[/** @type {keyof typeof siblings} */ (name)])
      walk(sibling, [...way, name]);
  };
  for (const name of Object.keys(siblings)) walk(name, []);
});

it('the development dependencies of the repository are pinned', () => {
  for (const [name, version] of Object.entries(rootManifest.devDependencies)) {
    expect(version, name).toMatch(exact);
  }
});

describe.each(packages.map((pkg) => /** @type {const} */ ([pkg.manifest.name, pkg])))('%s', (name, pkg) => {
  const allowed = siblings[/** @type {keyof typeof siblings} */ (pkg.short)] ?? [];
  /** @type {Record<string, string | readonly string[]>} */
  const libraries = adapters[/** @type {keyof typeof adapters} */ (pkg.short)] ?? {};
  const installed = installedWith(pkg.manifest);

  it('declares the siblings of boundaries.js, at the version they have', () => {
    expect(declaredSiblings(pkg.manifest)).toEqual([...allowed].sort());
    for (const sibling of allowed) {
      const { version } = packages.find(({ short }) => short === sibling)?.manifest ?? {};
      expect(installed[`@whitebox/${sibling}`], sibling).toBe(version);
    }
  });

  it('declares the libraries of boundaries.js, pinned', () => {
    const declared = Object.entries(installed).filter(([key]) => !key.startsWith('@whitebox/'));
    expect(declared.map(([key]) => key).sort()).toEqual(Object.keys(libraries).sort());
    for (const [key, version] of declared) {
      if (pkg.manifest.peerDependencies?.[key] === undefined) expect(version, key).toMatch(exact);
    }
  });

  const sources = sourcesOf(pkg.folder);
  const started = sources.some(({ file }) => file !== 'index.ts');

  it.runIf(started).each(Object.entries(libraries))(
    'imports %s in src/%s and nowhere else',
    (library, adapter) => {
      const files = [adapter].flat();
      for (const file of files) {
        expect(existsSync(join(pkg.folder, 'src', file)), `${relative(root, pkg.folder)}/src/${file}`).toBe(
          true,
        );
      }
      const importers = sources.filter(({ imports }) => includesLibrary(imports, library));
      expect(importers.map(({ file }) => file).sort()).toEqual([...files].sort());
    },
  );

  it('is published with a licence and nothing but what was built', () => {
    if (pkg.manifest.private === true) return;
    expect(pkg.manifest).toMatchObject({
      license: 'Apache-2.0',
      type: 'module',
      publishConfig: { access: 'public' },
    });
    expect(existsSync(join(pkg.folder, 'LICENSE')), `LICENSE of ${name}`).toBe(true);
    expect(pkg.manifest).toMatchObject({ files: expect.arrayContaining(['dist', 'README.md']) });
  });

  it('is found by what it is for, and publishes no types of its tests', () => {
    if (pkg.manifest.private === true) return;
    expect(pkg.manifest).toMatchObject({ keywords: expect.arrayContaining(['openstack']) });
    const config = ts.readConfigFile(join(pkg.folder, 'tsconfig.build.json'), ts.sys.readFile).config;
    const { fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, pkg.folder);
    const built = fileNames.map((file) => relative(join(pkg.folder, 'src'), file));
    expect(built).toContain('index.ts');
    expect(built.filter((file) => isForTests(basename(pkg.folder), file))).toEqual([]);
  });
});
