import { readLab } from '@whitebox/lab';
import { runText } from '@whitebox/host';
import { expect, it } from 'vitest';
import { SshHost } from './ssh-host.js';

it('works', async () => {
  const lab = await readLab();
  await using host = await SshHost.connect('controller', { configFile: lab.ssh.configFile });
  expect(await runText(host, ['id', '-un'])).toBe('stack\n');
  let t = performance.now();
  for (let i = 0; i < 50; i++) await host.exec(['true']);
  console.log('ms per exec', (performance.now() - t) / 50);
  t = performance.now();
  for (let i = 0; i < 50; i++) await host.readFile('/etc/hosts');
  console.log('ms per read', (performance.now() - t) / 50);
  t = performance.now();
  for (let i = 0; i < 50; i++) await host.replaceFile('/tmp/wb-ssh-x', Buffer.from('x'));
  console.log('ms per replace', (performance.now() - t) / 50);
});
