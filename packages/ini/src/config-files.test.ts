import { describe, expect, it } from 'vitest';
import { IniError, loadConfigChain, type ConfigReader } from './index.js';

/** A machine with these files, each of them saying `[DEFAULT] from = its path`. */
function machine(...paths: readonly string[]): ConfigReader {
  return {
    readFile: (path) =>
      Promise.resolve(paths.includes(path) ? `[DEFAULT]\nfrom = ${path}\nonly = ${path}\n` : undefined),
    listDir: (dir) => {
      const names = paths
        .filter((path) => path.startsWith(`${dir}/`))
        .map((path) => path.slice(dir.length + 1));
      return Promise.resolve(names.length === 0 ? undefined : names.filter((name) => !name.includes('/')));
    },
  };
}

const files = async (reader: ConfigReader, argv: readonly string[], more = {}) => {
  const service = { argv, project: 'nova', prog: 'nova-compute', home: '/var/lib/nova', ...more };
  return (await loadConfigChain(reader, service)).documents.map(({ file }) => file);
};

describe('the files that a service reads', () => {
  const everything = machine(
    '/etc/nova/nova.conf',
    '/etc/nova/nova-compute.conf',
    '/etc/nova/nova-cpu.conf',
    '/etc/nova/nova.conf.d/b.conf',
    '/etc/nova/nova.conf.d/B.conf',
    '/etc/nova/nova.conf.d/10.conf',
    '/etc/nova/nova.conf.d/9.conf',
    '/etc/nova/nova.conf.d/.hidden.conf',
    '/etc/nova/nova.conf.d/readme.txt',
    '/etc/nova/nova-compute.conf.d/a.conf',
  );
  const drops = ['10.conf', '9.conf', 'B.conf', 'b.conf'].map((name) => `/etc/nova/nova.conf.d/${name}`);
  const ownDrops = ['/etc/nova/nova-compute.conf.d/a.conf'];

  it('are the default ones, then those of the default directories', async () => {
    expect(await files(everything, ['/usr/bin/nova-compute'])).toEqual([
      '/etc/nova/nova.conf',
      '/etc/nova/nova-compute.conf',
      ...drops,
      ...ownDrops,
    ]);
  });

  it('are the named files after the default directories, as DevStack has it', async () => {
    const argv = [
      'python3',
      '/opt/stack/data/venv/bin/nova-compute',
      '--config-file',
      '/etc/nova/nova-cpu.conf',
    ];
    expect(await files(everything, argv)).toEqual([...drops, ...ownDrops, '/etc/nova/nova-cpu.conf']);
  });

  it('are the named ones from left to right, without the default directories when one is named', async () => {
    const argv = [
      'nova-compute',
      '--config-dir=/etc/nova/nova-compute.conf.d',
      '--config-file=/etc/nova/nova.conf',
    ];
    expect(await files(everything, argv)).toEqual([...ownDrops, '/etc/nova/nova.conf']);
  });

  it('are the first of the places that has one', async () => {
    const reader = machine('/etc/nova.conf', '/etc/nova/nova.conf', '/var/lib/nova/.nova/nova.conf');
    expect(await files(reader, [])).toEqual(['/var/lib/nova/.nova/nova.conf']);
    expect(await files(machine('/etc/nova.conf', '/etc/nova/nova.conf'), [])).toEqual([
      '/etc/nova/nova.conf',
    ]);
    const snap = machine('/var/snap/c/etc/nova/nova.conf', '/snap/x/etc/nova/nova.conf');
    expect(await files(snap, [], { snap: '/snap/x', snapCommon: '/var/snap/c' })).toEqual([
      '/var/snap/c/etc/nova/nova.conf',
    ]);
  });

  it('may be named relative to the home or working directory', async () => {
    const reader = machine('/var/lib/nova/x.conf', '/srv/y.conf');
    expect(
      await files(reader, ['--config-file', '~/x.conf', '--config-file', 'y.conf'], { cwd: '/srv' }),
    ).toEqual(['/var/lib/nova/x.conf', '/srv/y.conf']);
  });

  it('must be there when they are named', async () => {
    const reader = machine('/etc/nova/nova.conf');
    await expect(files(reader, ['--config-file', '/etc/nova/no.conf'])).rejects.toThrow(
      'its command line says --config-file /etc/nova/no.conf, which is not there',
    );
    await expect(files(reader, ['--config-dir', '/etc/none'])).rejects.toThrow(IniError);
  });
});
