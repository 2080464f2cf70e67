import { describe, expect, it } from 'vitest';
import { ConfigChain, IniDocument, IniError } from './index.js';

const nova = {
  file: '/etc/nova/nova.conf',
  text: '[compute]\ncpu_dedicated_set = 2,3\n# c\ncpu_dedicated_set = 2-5\n',
};
const cpu = {
  file: '/etc/nova/nova-cpu.conf',
  text: '[DEFAULT]\nx = 1\n\n[Compute]\ncpu_dedicated_set = 6\n',
};

describe('the value in force', () => {
  it('is the last one of the last file, and says where it comes from and what it overrides', () => {
    const found = ConfigChain.of([nova, cpu]).effective('compute', 'cpu_dedicated_set');
    expect(found).toMatchObject({
      value: '6',
      values: ['2,3', '2-5', '6'],
      file: '/etc/nova/nova-cpu.conf',
      line: 5,
      name: { section: 'Compute', key: 'cpu_dedicated_set' },
      unresolved: [],
    });
    expect(found?.overrides.map(({ value, file, line }) => [value, file, line])).toEqual([
      ['2-5', '/etc/nova/nova.conf', 4],
      ['2,3', '/etc/nova/nova.conf', 2],
    ]);
  });

  it('takes documents that were parsed before', () => {
    const document = IniDocument.parse(nova.text, { file: nova.file });
    expect(ConfigChain.of([cpu, document]).effective('compute', 'cpu_dedicated_set')).toMatchObject({
      value: '2-5',
      file: nova.file,
      line: 4,
    });
  });

  it('is nothing when no file sets the option', () => {
    expect(ConfigChain.of([nova, cpu]).effective('compute', 'cpu_shared_set')).toBeUndefined();
    expect(ConfigChain.of([]).effective('compute', 'cpu_shared_set')).toBeUndefined();
  });

  it('finds deprecated names: the new one wins in a file, a later file wins over all', () => {
    const old = [{ section: 'DEFAULT', key: 'vcpu_pin_set' }];
    const both = { file: 'a', text: '[DEFAULT]\nvcpu_pin_set = old\n[compute]\ncpu_dedicated_set = new\n' };
    expect(ConfigChain.of([both]).effective('compute', 'cpu_dedicated_set', old)).toMatchObject({
      value: 'new',
    });
    const later = { file: 'b', text: '[DEFAULT]\nvcpu_pin_set = later\n' };
    expect(ConfigChain.of([both, later]).effective('compute', 'cpu_dedicated_set', old)).toMatchObject({
      value: 'later',
      name: { section: 'DEFAULT', key: 'vcpu_pin_set' },
    });
  });

  it('has references resolved: own section, then DEFAULT, then the defaults of the code', () => {
    const text = [
      '[DEFAULT]\nstate_path = /var/lib/nova\ninstances_path = $state_path/instances\nhost = h',
      '[s]\nhost = own\na = ${host}/$$HOME/\\$x\nb = ${vnc.listen}:${my_ip}\nc = $instances_path\n[vnc]\nlisten = 0.0.0.0',
    ].join('\n');
    const chain = ConfigChain.of([{ file: 'n', text }], {
      defaults: (section, key) => (section === 'DEFAULT' && key === 'my_ip' ? '10.0.0.1' : undefined),
    });
    expect(chain.effective('DEFAULT', 'instances_path')?.value).toBe('/var/lib/nova/instances');
    expect(chain.effective('s', 'a')).toMatchObject({ value: 'own/$HOME/$x', raw: '${host}/$$HOME/\\$x' });
    expect(chain.effective('s', 'b')?.value).toBe('0.0.0.0:10.0.0.1');
    expect(chain.effective('s', 'c')?.value).toBe('/var/lib/nova/instances');
  });

  it('keeps a reference that nothing answers and names it', () => {
    expect(
      ConfigChain.of([{ file: 'n', text: '[DEFAULT]\na = $my_ip:1\n' }]).effective('DEFAULT', 'a'),
    ).toMatchObject({
      value: '$my_ip:1',
      unresolved: ['my_ip'],
    });
  });

  it('refuses references in a circle', () => {
    const chain = ConfigChain.of([{ file: 'n', text: '[DEFAULT]\na = $b\nb = x$a\n' }]);
    const act = () => chain.effective('DEFAULT', 'a');
    expect(act).toThrow(IniError);
    expect(act).toThrow('[DEFAULT] a -> [DEFAULT] b -> [DEFAULT] a');
  });
});

describe('where a change belongs', () => {
  const dir = (...files: (readonly [string, string])[]) => ({
    dir: '/etc/nova/nova.conf.d',
    files: files.map(([name, text]) => ({ file: `/etc/nova/nova.conf.d/${name}`, text })),
  });
  const other = { file: '/etc/nova/nova-cpu.conf', text: '[DEFAULT]\nx = 1\n' };
  const place = (sources: Parameters<typeof ConfigChain.of>[0], ...rest: [object?]) =>
    ConfigChain.of(sources).placement('compute', 'cpu_dedicated_set', ...rest);

  it('a drop-in file where a directory is read last', () => {
    expect(place([nova, dir(['01-a.conf', ''])])).toMatchObject({
      kind: 'drop-in',
      files: ['/etc/nova/nova.conf.d/99-whitebox.conf'],
      exists: false,
    });
    expect(place([nova, dir()], { dropInName: 'nova-whitebox' })?.files).toEqual([
      '/etc/nova/nova.conf.d/99-nova-whitebox.conf',
    ]);
  });

  it('a drop-in file also where a later file does not set the option', () => {
    expect(place([dir(['01-a.conf', nova.text]), other])?.kind).toBe('drop-in');
  });

  it('a drop-in file with a name behind all others', () => {
    const files = (sources: Parameters<typeof ConfigChain.of>[0]) => place(sources)?.files[0];
    expect(files([dir(['zz.conf', ''])])).toBe('/etc/nova/nova.conf.d/zz_whitebox.conf');
    expect(files([dir(['zz.conf', ''], ['zz_whitebox.conf', ''])])).toBe(
      '/etc/nova/nova.conf.d/zz_whitebox.conf',
    );
    expect(place([dir(['99-whitebox.conf', ''])])).toMatchObject({
      files: ['/etc/nova/nova.conf.d/99-whitebox.conf'],
      exists: true,
    });
  });

  it('the file with the value in force where directories are read before it', () => {
    expect(place([dir(), nova, other])).toMatchObject({ kind: 'edit', files: [nova.file] });
    expect(place([nova, dir(), cpu])).toMatchObject({ kind: 'edit', files: [cpu.file] });
  });

  it('the last file where none sets it', () => {
    expect(place([other, { file: 'last', text: '' }])).toMatchObject({ kind: 'edit', files: ['last'] });
    expect(place([])).toBeUndefined();
  });

  it('every file that sets it, to unset it or to replace the values of a repeated option', () => {
    const sources = [nova, other, cpu, dir()];
    expect(place(sources, { change: 'unset' })).toMatchObject({ kind: 'edit', files: [nova.file, cpu.file] });
    expect(place(sources, { multi: true })).toMatchObject({ kind: 'edit', files: [nova.file, cpu.file] });
    expect(place([other, dir()], { multi: true })?.kind).toBe('drop-in');
    expect(place([other, dir()], { change: 'unset' })).toBeUndefined();
  });

  it('minds deprecated names', () => {
    const old = { file: 'old', text: '[DEFAULT]\nvcpu_pin_set = 1\n' };
    const deprecated = [{ section: 'DEFAULT', key: 'vcpu_pin_set' }];
    expect(place([dir(), old], { deprecated })).toMatchObject({ kind: 'edit', files: ['old'] });
  });
});
