import { Secret } from '@whitebox/core';
import { IniDocument } from '@whitebox/ini';
import { describe, expect, it } from 'vitest';
import type { KnownOption } from './option-finder.js';
import { optionsFile } from './options-file.js';

const topology = new Map([
  ['0', [0, 1]],
  ['1', [2, 3]],
]);

function option(more: Partial<KnownOption> & Pick<KnownOption, 'key'>): KnownOption {
  return {
    group: 'whitebox-hardware',
    value: '1',
    kind: 'found',
    origin: 'found from the kernel',
    note: undefined,
    ...more,
  };
}

const nothing = new Map<string, unknown>();

describe('optionsFile', () => {
  it('writes what was found, each with its evidence, into an empty file', () => {
    const { text, options } = optionsFile(
      '',
      [
        option({ key: 'cpu_topology', value: topology }),
        option({ key: 'smt_hosts', value: [] }),
        option({ key: 'sriov_physnet', value: undefined, kind: 'unset' }),
        option({ group: 'whitebox', key: 'containers', value: false, origin: 'found from\nthe "$host"' }),
        option({ key: 'realtime_mask', value: 'a$b', kind: 'said', origin: '/t.conf:3' }),
        option({ key: 'driver', value: 'x', kind: 'default', origin: 'default' }),
      ],
      nothing,
    );
    expect(text).toBe(`[whitebox-hardware]
# Found from the kernel
cpu_topology = 0: [0,1], 1: [2,3]
# /t.conf:3
realtime_mask = a$$b

[whitebox]
# Found from the "$host"
containers = false
`);
    expect(options.map(({ outcome }) => outcome)).toEqual(['added', 'added', 'added']);
  });

  it('keeps every byte of a file that says something else, and shows the conflict', () => {
    const before = '; mine\r\n[Whitebox-Hardware]\r\ncpu_topology: 0: [0]\r\n\r\n[other]\r\nx=1';
    const known = [
      option({ key: 'cpu_topology', value: topology }),
      option({ key: 'smt_hosts', value: ['a'], origin: 'found from b' }),
    ];
    const said = new Map<string, unknown>([['[whitebox-hardware] cpu_topology', new Map([['0', [0]]])]]);
    const { text, options } = optionsFile(before, known, said);
    expect(text).toBe(
      '; mine\r\n[Whitebox-Hardware]\r\ncpu_topology: 0: [0]\r\n# Found from b\r\nsmt_hosts = a\r\n\r\n[other]\r\nx=1',
    );
    expect(options[0]).toMatchObject({
      name: '[whitebox-hardware] cpu_topology',
      outcome: 'conflict',
      before: '0: [0]',
      value: '0: [0,1], 1: [2,3]',
    });
  });

  it('replaces on demand what the cloud tells otherwise, and nothing that is merely said elsewhere', () => {
    const before = '[whitebox-hardware]\ncpu_topology = 0: [0]\nrealtime_mask = 1\n';
    const known = [
      option({
        key: 'cpu_topology',
        value: new Map([['0', [0]]]),
        kind: 'said',
        origin: 'f:2',
        found: { value: topology, origin: 'found from the kernel' },
      }),
      option({ key: 'realtime_mask', value: '2', kind: 'said', origin: '/other:1' }),
    ];
    const said = new Map<string, unknown>([
      ['[whitebox-hardware] cpu_topology', new Map([['0', [0]]])],
      ['[whitebox-hardware] realtime_mask', '1'],
    ]);
    expect(optionsFile(before, known, said).text).toBe(before);
    const { text, options } = optionsFile(before, known, said, { replace: true });
    expect(IniDocument.parse(text).get('whitebox-hardware', 'cpu_topology')).toBe('0: [0,1], 1: [2,3]');
    expect(IniDocument.parse(text).get('whitebox-hardware', 'realtime_mask')).toBe('1');
    expect(options.map(({ outcome }) => outcome)).toEqual(['replaced', 'conflict']);
  });

  it('never writes a secret, and says where it goes; once', () => {
    const password = option({
      group: 'whitebox-database',
      key: 'password',
      value: new Secret('hidden'),
      kind: 'said',
      origin: '/t.conf:9',
    });
    const file = option({
      group: 'whitebox-database',
      key: 'password_file',
      value: undefined,
      kind: 'unset',
    });
    const { text } = optionsFile('', [password, file], nothing);
    expect(text).not.toContain('hidden');
    expect(text).toContain('password_file may name a file');
    expect(text).toContain('OS_WHITEBOX_DATABASE__PASSWORD');
    expect(optionsFile(text, [password, file], nothing).text).toBe(text);
    const byFile = { ...file, value: '/secret', kind: 'said' as const, origin: '/t.conf:8' };
    expect(optionsFile('', [password, byFile], nothing).text).toBe(
      '[whitebox-database]\n# /t.conf:8\npassword_file = /secret\n',
    );
  });

  it('leaves the account of Nova itself to be found again: its address is as seen from another host', () => {
    const host = option({ group: 'whitebox-database', key: 'host', value: 'localhost' });
    const { text, options } = optionsFile('', [host], nothing);
    expect(IniDocument.parse(text).get('whitebox-database', 'host')).toBeUndefined();
    expect(text).toContain('localhost');
    expect(options[0]?.outcome).toBe('withheld');
  });
});
