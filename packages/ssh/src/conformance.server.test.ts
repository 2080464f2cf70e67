import { existsSync } from 'node:fs';
import { asRoot, type Host } from '@whitebox/host';
import { hostConformance, localSubject } from '@whitebox/host/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SshHost } from './ssh-host.js';
import { hasSshd, startSshd, type TestSshd } from './test-support/sshd.js';

const hasSudo = existsSync('/usr/bin/sudo');

describe.skipIf(!hasSshd)('over a real sshd (needs /usr/sbin/sshd)', () => {
  let sshd: TestSshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(async () => {
    await sshd[Symbol.asyncDispose]();
  });

  const suite = (name: string, wrap: (host: Host) => Host): void => {
    hostConformance({ describe, it, expect }, name, async () => {
      const ssh = await SshHost.connect('127.0.0.1', sshd.options);
      return await localSubject(wrap(ssh), () => ssh.close());
    });
  };

  suite('SshHost', (host) => host);
  describe.skipIf(!hasSudo)('with sudo (needs /usr/bin/sudo)', () => {
    suite('asRoot(SshHost)', asRoot);
  });
});
