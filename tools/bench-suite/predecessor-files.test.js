import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { missingParts, pluginOf, pythonPath } from './predecessor-files.js';

const setupCfg = `[metadata]
name = a-tempest-plugin
summary = x

[entry_points]
tempest.test_plugins =
    a-plugin = a_plugin.plugin:APlugin
oslo.config.opts =
    b = a_plugin.opts:list

[global]
x = 1
`;

function temporary() {
  const folder = mkdtempSync(join(tmpdir(), 'whitebox-plugins-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}

describe('pluginOf', () => {
  it('has the entry points as Python wants them', () => {
    const entryPoints =
      '[tempest.test_plugins]\na-plugin = a_plugin.plugin:APlugin\n[oslo.config.opts]\nb = a_plugin.opts:list\n\n';
    expect(pluginOf(setupCfg)).toEqual({ name: 'a-tempest-plugin', entryPoints });
    const atTheEnd = setupCfg.slice(0, setupCfg.indexOf('[global]'));
    expect(pluginOf(atTheEnd).entryPoints.trim()).toBe(entryPoints.trim());
  });

  it('refuses what is no plugin of Tempest', () => {
    expect(() => pluginOf('[metadata]\nname = x\n')).toThrow('names no plugin of Tempest');
  });
});

it('makes checkouts look installed', () => {
  const folder = temporary();
  const checkout = join(folder, 'checkout');
  mkdirSync(checkout);
  writeFileSync(join(checkout, 'setup.cfg'), setupCfg);
  expect(pythonPath([checkout], join(folder, 'site'))).toBe(`${join(folder, 'site')}:${checkout}`);
  const place = join(folder, 'site', 'a_tempest_plugin-0.dist-info');
  expect(readFileSync(join(place, 'entry_points.txt'), 'utf8')).toContain(
    '[tempest.test_plugins]\na-plugin = ',
  );
  expect(readFileSync(join(place, 'METADATA'), 'utf8')).toContain('Name: a-tempest-plugin');
});

describe('missingParts', () => {
  it('names the packages, and how to get the predecessor', () => {
    const missing = missingParts({
      program: (name) => name !== 'tempest',
      module: (name) => name !== 'ddt',
      checkout: undefined,
    });
    expect(missing).toEqual([
      'packages of the distribution: apt-get install python3-tempest python3-ddt',
      expect.stringContaining('--predecessor PATH'),
    ]);
  });

  it('notices a path that is something else, and is quiet where all is there', () => {
    const there = { program: () => true, module: () => true };
    const folder = temporary();
    expect(missingParts({ ...there, checkout: folder })).toEqual([expect.stringContaining(folder)]);
    mkdirSync(join(folder, 'whitebox_tempest_plugin'));
    expect(missingParts({ ...there, checkout: folder })).toEqual([]);
  });
});
