import { run } from '@whitebox/host';
import type { Break, Fault } from './fault.js';
import { serverOf } from './tools/server-of.js';

const nameOf = (model: string): string =>
  `the process and the disks of a guest have the ${model} labels of its XML, also after a resize and a live migration`;

/** The host's own: the first disk of the server has another label than its XML says. */
function relabelDisk(...command: readonly string[]): Break {
  return async (step) => {
    const server = serverOf(step);
    const path = (await server.xml()).devices.disks.find(({ source }) => source?.path !== undefined)?.source
      ?.path;
    if (path === undefined) throw new Error('The server has no disk that is a file.');
    await run(server.host.machine, [...command, path]);
  };
}

export const securityLabels: readonly Fault[] = [
  {
    testName: nameOf('selinux'),
    what: 'the disk has a label that others may read',
    layer: 'host file',
    step: 'live-migrate',
    break: relabelDisk('chcon', '-t', 'virt_content_t'),
    expects: /has .*virt_content_t.*, the XML/,
  },
  {
    testName: nameOf('apparmor'),
    what: 'the profile of the guest only complains',
    layer: 'kernel',
    step: 'live-migrate',
    break: async (step) => {
      const { host, id } = serverOf(step);
      await run(host.machine, ['aa-complain', `/etc/apparmor.d/libvirt/libvirt-${id}`]);
    },
    expects: /the process has .* \(complain\)/,
  },
  {
    testName: nameOf('dac'),
    what: 'the disk belongs to root after the live migration',
    layer: 'host file',
    step: 'live-migrate',
    break: relabelDisk('chown', 'root:root'),
    expects: /has \+0:\+0, the XML \+\d+/,
  },
];
