import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBlockList, parseSecretList, parseVirshTable, parseVolumeList } from './virsh-table.js';

/** A table as vshTable of libvirt prints it: one blank, then columns as wide as their widest cell, three blanks apart. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map(
    (row) => ` ${row.map((cell, column) => cell.padEnd((widths[column] ?? 0) + 3)).join('')}`,
  );
  const ruler = '-'.repeat(Math.max(...lines.map((line) => line.trimEnd().length + 1)));
  return `${[lines[0], ruler, ...lines.slice(1)].join('\n')}\n\n`;
}

describe('parseVirshTable', () => {
  it('gives back any table', () => {
    const cell = fc.stringMatching(/^[!-~]([ -~]{0,12}[!-~])?$/).filter((text) => !text.includes('   '));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell)), (rows) => {
        const printed = table([['Id', 'CPU Affinity', 'State'], ...rows]);
        expect(parseVirshTable(printed)).toEqual(
          rows.map(([id, affinity, state]) => ({ Id: id, 'CPU Affinity': affinity, State: state })),
        );
      }),
    );
  });

  it('finds an empty cell by where the headings stand', () => {
    const rows = parseVirshTable(
      table([
        ['Id', 'Name', 'Title'],
        ['-', 'vm 1', ''],
        ['2', '', 'x'],
      ]),
    );
    expect(rows).toEqual([
      { Id: '-', Name: 'vm 1', Title: '' },
      { Id: '2', Name: '', Title: 'x' },
    ]);
  });

  it('reads a table without rows', () => {
    expect(parseVirshTable(' Id   Name   State\n--------------------\n\n')).toEqual([]);
  });

  it.each(['', 'running\n', '--------\n', 'error: no'])('says that %j is no table', (text) => {
    expect(() => parseVirshTable(text)).toThrow(
      expect.objectContaining({ code: 'WB_VIRSH_OUTPUT' }) as Error,
    );
  });
});

describe('tables of virsh', () => {
  it('are read as block devices', () => {
    const printed = table([
      ['Type', 'Device', 'Target', 'Source'],
      ['file', 'disk', 'vda', '/var/lib/nova/instances/x/disk with blanks'],
      ['network', 'disk', 'vdb', 'volumes/volume-1'],
      ['file', 'cdrom', 'sda', '-'],
    ]);
    expect(parseBlockList(printed)).toEqual([
      { type: 'file', device: 'disk', target: 'vda', source: '/var/lib/nova/instances/x/disk with blanks' },
      { type: 'network', device: 'disk', target: 'vdb', source: 'volumes/volume-1' },
      { type: 'file', device: 'cdrom', target: 'sda', source: undefined },
    ]);
  });

  it('are read as volumes and secrets', () => {
    expect(
      parseVolumeList(
        table([
          ['Name', 'Path'],
          ['a.img', '/pool/a.img'],
        ]),
      ),
    ).toEqual([{ name: 'a.img', path: '/pool/a.img' }]);
    const secrets = table([
      ['UUID', 'Usage'],
      ['22AD3B15-6f2b-4392-af2b-7fe227614f8f', 'ceph client.cinder secret'],
      ['6dd3e4a5-1d76-44ce-961f-f119f5aad935', 'Unused'],
    ]);
    expect(parseSecretList(secrets)).toEqual([
      { uuid: '22ad3b15-6f2b-4392-af2b-7fe227614f8f', usageType: 'ceph', usageId: 'client.cinder secret' },
      { uuid: '6dd3e4a5-1d76-44ce-961f-f119f5aad935', usageType: undefined, usageId: undefined },
    ]);
  });

  it('are refused when a column is missing', () => {
    expect(() =>
      parseBlockList(
        table([
          ['Target', 'Source'],
          ['vda', '/x'],
        ]),
      ),
    ).toThrow(/column Type/);
  });
});
