import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Top folder of this repository. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What the tools leave behind between runs; never committed. */
export const cache = join(root, '.cache');

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {boolean} [private]
 * @property {Record<string, string>} [scripts]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, string>} [devDependencies]
 */

/**
 * @typedef {object} Package
 * @property {string} short name without the scope: "ini"
 * @property {string} folder absolute path
 * @property {Manifest} manifest its package.json
 */

/** Every workspace of the repository, in the order of its name. */
export function workspaces() {
  return ['packages', 'tools']
    .flatMap((parent) => readdirSync(join(root, parent)).map((entry) => join(root, parent, entry)))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => {
      const manifest = /** @type {Manifest} */ (
        JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      );
      return /** @type {Package} */ ({ short: manifest.name.replace('@whitebox/', ''), folder, manifest });
    });
}

/** The packages that are published. */
export function publishedPackages() {
  return workspaces().filter(({ manifest }) => manifest.private !== true);
}

/**
 * Everything that comes along when a package is installed: dependencies, optional and peer ones.
 * @param {Manifest} manifest
 */
export function installedWith(manifest) {
  return { ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies };
}

/**
 * Siblings that come along with a package, direct and indirect ones, without itself.
 * @param {string} name short name
 * @param {(name: string) => readonly string[]} direct the siblings that a package names itself
 * @returns {string[]} sorted
 */
export function closure(name, direct) {
  /** @type {Set<string>} */
  const found = new Set();
  const open = [...direct(name)];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...direct(next));
  }
  return [...found].sort();
}

/**
 * Short names of the siblings that a package.json names.
 * @param {Manifest} manifest
 */
export function declaredSiblings(manifest) {
  return Object.keys(installedWith(manifest))
    .filter((name) => name.startsWith('@whitebox/'))
    .map((name) => name.replace('@whitebox/', ''))
    .sort();
}
