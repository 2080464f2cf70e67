import { describe, expect, it } from 'vitest';
import { FakeMachine } from './fake-machine.suite.js';
import { giveBackAll } from './give-back.js';
import { MemoryJournal } from './journal.js';
import { placeFile } from './place-file.js';
import type { ReadyProbe } from './service.js';
import { SystemdService } from './systemd-service.js';

const path = '/etc/nova/provider_config/whitebox.yaml';
const file = { path, content: 'meta:\n' };
const ready: ReadyProbe = () => Promise.resolve({ done: true, value: undefined });

function machine(): { host: FakeMachine; service: SystemdService; starts: () => number | undefined } {
  const host = new FakeMachine('one');
  host.unit('nova-compute.service');
  host.file('/etc/nova/provider_config/theirs.yaml', '');
  const starts = () => host.units.get('nova-compute.service')?.starts;
  return { host, service: new SystemdService(host, 'nova-compute'), starts };
}

describe('placeFile', () => {
  it('writes down that there was no such file, places it, restarts, and takes it away again', async () => {
    const { host, service, starts } = machine();
    const journal = new MemoryJournal();
    const first = starts()!;
    const change = await placeFile(service, file, { journal, ready });
    expect(host.files.text(path)).toBe(file.content);
    expect(host.files.get(path)).toMatchObject({ owner: '0', group: '0', mode: 0o644 });
    expect(starts()).toBe(first + 1);
    expect((await journal.entries())[0]?.hosts[0]?.files).toMatchObject([{ path, original: null }]);

    await change.giveBack();
    expect(host.files.get(path)).toBeUndefined();
    expect(starts()).toBe(first + 2);
    expect(await journal.entries()).toEqual([]);
  });

  it('leaves the file of somebody else alone', async () => {
    const { host, service, starts } = machine();
    const first = starts();
    host.file(path, 'theirs');
    await expect(placeFile(service, file, { journal: new MemoryJournal(), ready })).rejects.toMatchObject({
      code: 'WB_SERVICES_NOT_EDITABLE',
      observed: 'there is such a file already',
    });
    expect(host.files.text(path)).toBe('theirs');
    expect(starts()).toBe(first);
  });

  it('takes it away when the service does not come up with it', async () => {
    const { host, service } = machine();
    host.units.get('nova-compute.service')!.boot = () =>
      host.files.get(path) === undefined ? undefined : 'not valid against the schema';
    const journal = new MemoryJournal();
    await expect(placeFile(service, file, { journal, ready })).rejects.toThrow(
      'not valid against the schema',
    );
    expect(host.files.get(path)).toBeUndefined();
    expect((await service.status()).state).toBe('running');
    expect(await journal.entries()).toEqual([]);
  });

  it('is given back by another process', async () => {
    const { host, service } = machine();
    const journal = new MemoryJournal();
    await placeFile(service, file, { journal, ready });
    expect(await giveBackAll([host], { journal })).toMatchObject([{ error: undefined }]);
    expect(host.files.get(path)).toBeUndefined();
  });
});
