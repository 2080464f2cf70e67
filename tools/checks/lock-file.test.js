import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../support/repository.js';
import { missingOptional } from './lock-file.js';

const text = readFileSync(join(root, 'package-lock.json'), 'utf8');
const { packages } = JSON.parse(text);

describe('package-lock.json', () => {
  it('has an entry for every optional dependency, without which npm ci refuses it', () => {
    expect(Object.keys(packages).length).toBeGreaterThan(100);
    expect(missingOptional(packages)).toEqual([]);
  });

  it('names no registry', () => {
    expect(text).not.toMatch(/"resolved": "https?:/);
  });

  it('has a checksum for everything that comes from a registry', () => {
    const open = Object.entries(packages).filter(
      ([path, entry]) =>
        path.includes('node_modules/') &&
        entry.link !== true &&
        entry.integrity === undefined &&
        entry.inBundle !== true,
    );
    expect(open.map(([path]) => path)).toEqual([]);
  });
});

describe('missingOptional', () => {
  it('finds an optional dependency that was dropped', () => {
    const lock = {
      'node_modules/nx': { optionalDependencies: { '@nx/darwin': '1', '@nx/linux': '1' } },
      'node_modules/@nx/linux': {},
    };
    expect(missingOptional(lock)).toEqual(['node_modules/nx needs @nx/darwin']);
  });

  it('finds it in the folder of its package, too', () => {
    const lock = {
      'node_modules/a/node_modules/b': { optionalDependencies: { c: '1', d: '1' } },
      'node_modules/a/node_modules/c': {},
      'node_modules/a/node_modules/b/node_modules/d': {},
    };
    expect(missingOptional(lock)).toEqual([]);
  });
});
