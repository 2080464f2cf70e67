import { FakeHost } from '@whitebox/host/testing';
import { describe, expect, it } from 'vitest';
import { guestFilesOf, readGuestFiles } from './guest-files.js';

describe('the files of a guest', () => {
  it('are those that its XML names, and those that QEMU has open', () => {
    const printed = [
      'named 65025:131 /var/lib/nova/instances/11111111-1111-4111-8111-111111111111/disk',
      'missing - /var/lib/nova/a name/disk.config',
      'open 65025:131',
      'open 65025:131',
      '',
    ].join('\n');
    const { named, open } = guestFilesOf(printed, 'compute1');
    expect([...named.values()]).toEqual(['65025:131', null]);
    expect(named.has('/var/lib/nova/a name/disk.config')).toBe(true);
    expect([...open]).toEqual(['65025:131']);
  });

  it.each(['named - /x', 'open', 'named 1:2', 'else'])('are not guessed from "%s"', (line) => {
    expect(() => guestFilesOf(line, 'compute1')).toThrow(/compute1/);
  });

  it('are an error where there is no process', async () => {
    const host = new FakeHost({ name: 'compute1' }).on(['sh', '-c'], { exitCode: 66, stderr: 'no pid file' });
    await expect(readGuestFiles(host, { domain: 'instance-00000001' })).rejects.toMatchObject({
      code: 'WB_KERNEL_NO_PROCESS',
    });
  });
});
