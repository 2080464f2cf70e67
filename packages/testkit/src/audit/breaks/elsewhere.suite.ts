import { run } from '@whitebox/host';
import { defineOrphan } from '../../broken-lab.suite.js';
import { edit, richOf, type LabBreak, type Scene } from './lab-break.suite.js';

const orphan = '0badf00d-0000-4000-8000-00000000beef';

async function onHost({ host }: Scene, script: string, ...args: readonly string[]): Promise<string> {
  return (await run(host.machine, ['sh', '-c', script, 'sh', ...args])).stdout.trim();
}

/** Neutron, libvirt, files and services. */
export const elsewhereBreaks: readonly LabBreak[] = [
  {
    what: 'a domain of nobody is defined',
    finds: ['I2'],
    says: /domain wb-orphan \(0badf00d.*\): expected a server on \w+, found none/,
    do: ({ host }) => defineOrphan(host, orphan),
  },
  {
    what: 'a port is bound to another host',
    finds: ['I30'],
    says: /I30 .*binding/,
    do: async (scene) => {
      const [port] = await scene.lab.session.openstack.network.ports({ deviceId: scene.pinned.id });
      const other = scene.lab.session.computes.find(({ name }) => name !== scene.host.name)?.name ?? '';
      return edit(
        scene,
        'neutron',
        'ml2_port_bindings',
        'host',
        `port_id = '${port?.id ?? ''}'`,
        `'${other}'`,
      );
    },
  },
  {
    what: 'Cinder has forgotten the attachment of a volume',
    finds: ['I43'],
    says: /volume \S+: expected attachment \S+ .*, attached, found none such \(Cinder\)/,
    do: (scene) =>
      edit(scene, 'cinder', 'volume_attachment', 'deleted', `instance_uuid = '${richOf(scene).id}'`, '1'),
  },
  {
    what: 'the disk of a running server is another file of the same name',
    finds: ['I45'],
    says: /disk vda: expected \S+ open in QEMU, found another file of that name/,
    sample: true,
    do: async (scene) => {
      const disk = await diskOf(scene);
      await onHost(scene, 'mv "$1" "$1.wb" && cp -a "$1.wb" "$1"', disk);
      return async () => {
        await onHost(scene, 'mv -f "$1.wb" "$1"', disk);
      };
    },
  },
  {
    what: 'the disk of a running server is gone',
    finds: ['I45'],
    says: /disk vda: expected \S+ \(domain XML\), found no such file/,
    do: async (scene) => {
      const disk = await diskOf(scene);
      await onHost(scene, 'mv "$1" "$1.wb"', disk);
      return async () => {
        await onHost(scene, 'mv "$1.wb" "$1"', disk);
      };
    },
  },
  {
    what: 'a configuration was changed since nova-compute was started',
    finds: ['I46'],
    says: /configuration \S+\.conf: expected not changed since/,
    sample: true,
    do: async (scene) => {
      const file = scene.host.config.files[0] ?? '';
      const before = await onHost(scene, 'stat -c %y -- "$1" && touch -- "$1"', file);
      return async () => {
        await onHost(scene, 'touch -d "$2" -- "$1"', file, before);
      };
    },
  },
];

async function diskOf({ pinned }: Scene): Promise<string> {
  const path = (await pinned.xml()).devices.disks[0]?.source?.path;
  if (path === undefined) throw new Error(`${pinned.name} has no disk that is a file.`);
  return path;
}
