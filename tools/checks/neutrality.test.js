import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../support/repository.js';

// What is committed works on any machine: no name of the registry or mirror that happens to be configured where it was
// written, and no path of the folder it was written in.

const generated = new Set([
  '.git',
  '.nx',
  '.cache',
  'node_modules',
  'dist',
  'dist-test',
  'coverage',
  'whitebox-results',
]);
const shared = new Set([
  '/',
  '/tmp',
  '/var/tmp',
  '/home',
  '/root',
  '/srv',
  '/opt',
  '/usr/src',
  '/usr/local/src',
  '/mnt',
  '/var/lib',
]);

/** @returns {string[]} */
function files(folder = root) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (generated.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : entry.isFile() ? [path] : [];
  });
}

/** @param {string} text */
function hostsOfUrls(text) {
  return [...text.matchAll(/^[^#\n]*?https?:\/\/(?:[^\s/@]*@)?([^\s/:]+)/gm)].map(([, host = '']) => host);
}

function configuredHosts() {
  const registry = execFileSync('npm', ['config', 'get', 'registry'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const folder = '/etc/apt/sources.list.d';
  const sources = [
    '/etc/apt/sources.list',
    ...(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []),
  ];
  const apt = sources.filter((path) => existsSync(path)).map((path) => readFileSync(path, 'utf8'));
  return [...new Set([registry, ...apt].flatMap(hostsOfUrls))];
}

/** @param {RegExp} pattern */
function placesOf(pattern) {
  return files()
    .filter((path) => !path.endsWith('package-lock.json'))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }))
    .filter(({ text }) => !text.includes('\0') && pattern.test(text))
    .map(({ path }) => relative(root, path));
}

/** @param {string} text */
const escaped = (text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

describe('the repository', () => {
  it('looks at its files', () => {
    expect(files().map((path) => relative(root, path))).toEqual(
      expect.arrayContaining(['package.json', 'boundaries.js']),
    );
  });

  it.each(configuredHosts())('does not name the package host %#', (host) => {
    expect(placesOf(new RegExp(`\\b${escaped(host)}\\b`))).toEqual([]);
  });

  it('has no path of the folder it lies in', () => {
    const parent = dirname(root);
    const places = [root, ...(shared.has(parent) ? [] : [parent])].flatMap((path) =>
      placesOf(new RegExp(`(?<![\\w.-])${escaped(path)}/`)),
    );
    expect(places).toEqual([]);
  });
});
