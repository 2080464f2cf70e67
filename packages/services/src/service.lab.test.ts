import { asRoot, run } from '@whitebox/host';
import { readLab } from '@whitebox/lab';
import { SshHost } from '@whitebox/ssh';
import { CommandService } from './command-service.js';
import { describeService, type Specimen } from './service.suite.js';
import type { Service } from './service.js';
import { SystemdService } from './systemd-service.js';
import type { Host } from '@whitebox/host';

/** Where a mask in /run is stronger than the unit. */
const directory = '/usr/local/lib/systemd/system';

/** A unit of our own on a compute host, gone again at the end. */
async function specimen(name: string, open: (host: Host, unit: string) => Service): Promise<Specimen> {
  const { hosts, ssh } = await readLab();
  const compute = hosts.findLast(({ roles }) => roles.includes('compute'));
  const connection = await SshHost.connect(compute!.name, { configFile: ssh.configFile });
  const host = asRoot(connection);
  const unit = `whitebox-services-${name}-${String(process.pid)}.service`;
  const spoilt = `/run/${unit}.spoilt`;
  const program = `if [ -e ${spoilt} ]; then echo spoilt; exit 1; fi; echo hello; exec sleep 9999`;
  await run(host, ['mkdir', '-p', directory]);
  await host.replaceFile(
    `${directory}/${unit}`,
    Buffer.from(`[Service]\nExecStart=/bin/sh -c '${program}'\n[Install]\nWantedBy=multi-user.target\n`),
  );
  await run(host, ['systemctl', 'daemon-reload']);
  return {
    service: open(host, unit),
    host,
    spoil: async () => {
      await run(host, ['touch', spoilt]);
    },
    repair: async () => {
      await run(host, ['rm', '-f', spoilt]);
    },
    remove: async () => {
      await host.exec(['systemctl', 'stop', unit]);
      await host.exec(['systemctl', 'unmask', '--runtime', unit]);
      await run(host, ['rm', '-f', `${directory}/${unit}`, spoilt]);
      await run(host, ['systemctl', 'daemon-reload']);
      await host.exec(['systemctl', 'reset-failed', unit]);
      await connection[Symbol.asyncDispose]();
    },
  };
}

describeService(
  'a unit of a real systemd',
  () => specimen('unit', (host, unit) => new SystemdService(host, unit)),
  { mask: true },
);

describeService(
  'commands of a nodes.yaml on a real machine',
  () =>
    specimen(
      'commands',
      (host, unit) =>
        new CommandService(host, {
          name: 'thing',
          startCommand: `systemctl start ${unit}`,
          stopCommand: `systemctl stop ${unit}`,
          maskCommand: `systemctl mask --runtime ${unit}`,
          unmaskCommand: `systemctl unmask --runtime ${unit}`,
        }),
    ),
  { mask: true },
);
