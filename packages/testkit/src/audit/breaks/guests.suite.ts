import { run } from '@whitebox/host';
import { readQemuThreads } from '@whitebox/kernel';
import type { TestServer } from '../../test-server.js';
import { edit, restartWith, richOf, type LabBreak } from './lab-break.suite.js';

/** What runs is not what Nova has made. */
export const guestBreaks: readonly LabBreak[] = [
  {
    what: 'a guest without NUMA was started over one CPU alone',
    finds: ['I8'],
    says: /vcpu cpuset: expected \S+ \(cpu_shared_set of \w+\), found \d+ \(domain XML\)/,
    do: ({ floating, host }) =>
      restartWith(floating, (xml) =>
        xml.replace(/(<vcpu\b[^>]*cpuset=')[^']*/, `$1${host.shared.ids[0] ?? 0}`),
      ),
  },
  {
    what: 'a guest has an I/O thread that runs among the shared CPUs',
    finds: ['I14'],
    says: /iothreadpin 1: expected \S+ \(emulatorpin\), found \S+/,
    do: async ({ pinned, host: { virsh, shared } }) => {
      const iothread = (command: string, ...more: readonly string[]): Promise<string> =>
        virsh.run([command, '--domain', pinned.domain, ...more, '--live', '--config']);
      await iothread('iothreadadd', '--id', '1');
      await iothread('iothreadpin', '--iothread', '1', '--cpulist', shared.toString());
      // libvirt without control groups takes none away; Nova makes the XML anew.
      return () => pinned.hardReboot();
    },
  },
  {
    what: 'the kernel does not schedule a realtime vCPU as realtime',
    finds: ['I15'],
    says: /thread of vCPU 1: expected fifo 1, found other 0 \(kernel\)/,
    do: async (scene) => {
      const { domain, host } = richOf(scene);
      const thread = (await readQemuThreads(host.machine, { domain })).vcpus.get(1);
      const schedule = (policy: string, priority: string): Promise<unknown> =>
        run(host.machine, ['chrt', `--${policy}`, '--pid', priority, String(thread?.tid)]);
      await schedule('other', '0');
      return async () => {
        await schedule('fifo', '1');
      };
    },
  },
  {
    what: 'a guest was started with its memory on another cell of the host',
    finds: ['I19', 'I23'],
    says: /I23 .*pages of guest cell 0: expected on host cell 0, found \d+ on 1 \(kernel\)/,
    do: ({ pinned }) =>
      restartWith(pinned, (xml) =>
        xml.replace(/<numatune>.*?<\/numatune>/s, (tune) => tune.replaceAll(/nodeset='0'/g, "nodeset='1'")),
      ),
  },
  {
    what: 'the database gives a guest no persistent memory',
    finds: ['I35'],
    says: /persistent memory: expected none \(instance_extra\), found \S+ \(domain XML\)/,
    do: (scene) =>
      edit(scene, scene.cell, 'instance_extra', 'resources', `instance_uuid = '${richOf(scene).id}'`, 'NULL'),
  },
  {
    what: 'libvirt has lost the secret of an encrypted volume',
    finds: ['I44'],
    says: /disk vd\w: expected secret \S+, found .* \(libvirt\)/,
    do: async (scene) => {
      const server = richOf(scene);
      const { virsh, machine } = server.host;
      const secret = await volumeSecretOf(server);
      const xml = await virsh.secretXml(secret);
      const value = await virsh.run(['secret-get-value', '--secret', secret]);
      await virsh.run(['secret-undefine', '--secret', secret]);
      return async () => {
        const onHost = ['virsh', '-c', 'qemu:///system'];
        await run(machine, [...onHost, 'secret-define', '/dev/stdin'], { stdin: xml });
        const file = ['secret-set-value', '--secret', secret, '--file', '/dev/stdin'];
        await run(machine, [...onHost, ...file], { stdin: value.trim() });
      };
    },
  },
  {
    what: 'a row names another secret of a vTPM',
    finds: ['I44'],
    says: /secret of the vTPM: expected 0badf00d\S+ \(instance_system_metadata\), found \S+ \(domain XML\)/,
    do: (scene) =>
      edit(
        scene,
        scene.cell,
        'instance_system_metadata',
        'value',
        `instance_uuid = '${richOf(scene).id}' AND \`key\` = 'vtpm_secret_uuid' AND deleted = 0`,
        "'0badf00d-0000-4000-8000-0000000000e5'",
      ),
  },
  {
    what: 'the key manager has lost the secret of a vTPM',
    finds: ['I44'],
    says: /secret of the vTPM in the key manager: expected \S+ \(instance_system_metadata\), found none \(Barbican\)/,
    do: async (scene) => {
      const [tpm] = (await richOf(scene).xml()).devices.tpms;
      return edit(scene, 'barbican', 'secrets', 'deleted', `id = '${tpm?.secretUuid ?? ''}'`, '1');
    },
  },
];

async function volumeSecretOf(server: TestServer): Promise<string> {
  const secrets = (await server.xml()).devices.disks.flatMap(
    ({ encryption }) => encryption?.secretUuid ?? [],
  );
  const [secret] = secrets;
  if (secret === undefined) throw new Error(`${server.name} has no encrypted volume.`);
  return secret;
}
