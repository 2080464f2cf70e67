import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settingsFor } from './lab.js';
import { machineNames } from './names.js';
import { mergeSettings, resolveSettings, settingsFromEnvironment } from './settings.js';
import { stateOf } from './state.js';

describe('settings of a lab', () => {
  it('have defaults', () => {
    expect(resolveSettings({})).toMatchObject({
      name: 'wb',
      directory: '/var/lib/whitebox-lab',
      cacheDirectory: '/var/cache/whitebox-lab',
      rootLogin: false,
      services: ['volumes', 'keys'],
    });
  });

  it('come from options first, then from the environment', () => {
    const env = settingsFromEnvironment({ WHITEBOX_LAB_NAME: 'envname', WHITEBOX_LAB_SUBNET: '10.1.0.0/24' });
    expect(mergeSettings({ name: 'opt', subnet: undefined }, env)).toMatchObject({
      name: 'opt',
      subnet: '10.1.0.0/24',
    });
  });

  it('give a lab of another name another directory', () => {
    expect(resolveSettings({ name: 'two' }).directory).toBe('/var/lib/whitebox-lab-two');
  });

  it.each([
    [{ name: 'Lab' }, '--name Lab'],
    [{ name: 'tenletters' }, '--name tenletters'],
    [{ name: '1x' }, '--name 1x'],
    [{ directory: 'relative' }, '--directory relative'],
    [{ directory: '/with space' }, '--directory /with space'],
    [{ directory: '/a,b' }, '--directory /a,b'],
    [{ cacheDirectory: '/' }, '--cache /'],
    [{ subnet: '10.0.0.0/8' }, '--subnet 10.0.0.0/8'],
    [{ subnet: '172.30.241.0/24' }, '--provider-subnet 172.30.241.0/24 overlap'],
  ])('%j is refused', (given, message) => {
    expect(() => resolveSettings(given)).toThrow(message);
  });

  it('keep a profile by its name, and the path of a file in full', () => {
    expect(resolveSettings({ profile: 'three-hosts' }).profile).toBe('three-hosts');
    expect(resolveSettings({ profile: './mine' }).profile).toBe(resolve('mine'));
    expect(resolveSettings({ profile: 'mine.yml' }).profile).toBe(resolve('mine.yml'));
  });

  it('make names of interfaces that the kernel takes', () => {
    const names = machineNames({ name: 'ninechars' });
    for (const name of [names.hostsInterface, names.providerInterface])
      expect(name.length).toBeLessThanOrEqual(15);
  });
});

describe('a lab that exists', () => {
  const state = stateOf(resolveSettings({ name: 'two', subnet: '10.5.0.0/24' }), [], '/x');

  it('keeps its settings when none are given', () => {
    expect(settingsFor({ directory: '/d' }, state)).toMatchObject({ name: 'two', directory: '/d' });
  });

  it('keeps the parts that it was made with', () => {
    const small = stateOf(resolveSettings({ name: 'two', without: 'volumes' }), [], '/x');
    expect(settingsFor({}, small).services).toEqual(['keys']);
    // Made before there were any.
    expect(settingsFor({}, { ...small, services: undefined }).services).toEqual([]);
  });

  it('refuses others, and says how to get them', () => {
    expect(() => settingsFor({ subnet: '10.6.0.0/24' }, state)).toThrow(
      'This lab was made with --subnet 10.5.0.0/24, not 10.6.0.0/24.',
    );
    expect(() => settingsFor({ profile: 'three-hosts' }, state)).toThrow(
      `This lab was made with --profile ${state.profile}, not three-hosts.`,
    );
    expect(() => settingsFor({ rootLogin: true }, state)).toThrow('--root-login no, not yes');
    expect(() => settingsFor({ without: 'keys' }, state)).toThrow('--without nothing, not keys');
  });
});
