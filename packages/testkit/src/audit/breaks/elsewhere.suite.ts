import { run } from '@whitebox/host';
import { edit, underWay, type LabBreak, type Scene, type Undo } from './lab-break.suite.js';

async function root(scene: Scene): Promise<{ readonly id: string; readonly name: string }> {
  const rows = await scene.lab.session.database.computeNodes({ host: scene.host.name });
  return { id: rows[0]?.uuid ?? '', name: rows[0]?.hypervisorHostname ?? '' };
}

/** A request to Placement; the generation that it asks for is read just before. */
async function placement(
  { lab }: Scene,
  method: 'GET' | 'PUT' | 'DELETE',
  path: string,
  json?: unknown,
): Promise<Readonly<Record<string, unknown>>> {
  const { client } = lab.session.openstack.placement;
  const { body } = await client.call({ action: `${method} ${path}`, method, path, json });
  return (body ?? {}) as Readonly<Record<string, unknown>>;
}

interface Allocations {
  readonly allocations: Readonly<Record<string, { readonly resources: Readonly<Record<string, number>> }>>;
  readonly consumer_generation: number | null;
  readonly project_id: string;
  readonly user_id: string;
}

async function allocate(
  scene: Scene,
  consumer: string,
  allocations: Readonly<Record<string, { readonly resources: Readonly<Record<string, number>> }>>,
  owner: Pick<Allocations, 'project_id' | 'user_id'>,
): Promise<void> {
  const now = (await placement(scene, 'GET', `/allocations/${consumer}`)) as unknown as Partial<Allocations>;
  await placement(scene, 'PUT', `/allocations/${consumer}`, {
    allocations,
    consumer_generation: now.consumer_generation ?? null,
    project_id: owner.project_id,
    user_id: owner.user_id,
    consumer_type: 'INSTANCE',
  });
}

async function reallocate(
  scene: Scene,
  resources: (now: Readonly<Record<string, number>>) => Readonly<Record<string, number>>,
): Promise<Undo> {
  const consumer = scene.pinned.id;
  const held = (await placement(scene, 'GET', `/allocations/${consumer}`)) as unknown as Allocations;
  const each = Object.entries(held.allocations);
  const plain = (change: typeof resources): Allocations['allocations'] =>
    Object.fromEntries(each.map(([id, one]) => [id, { resources: change(one.resources) }]));
  await allocate(scene, consumer, plain(resources), held);
  return () =>
    allocate(
      scene,
      consumer,
      plain((same) => same),
      held,
    );
}

const orphan = '0badf00d-0000-4000-8000-00000000beef';

async function onHost({ host }: Scene, script: string, ...args: readonly string[]): Promise<string> {
  return (await run(host.machine, ['sh', '-c', script, 'sh', ...args])).stdout.trim();
}

/** Placement, Neutron, libvirt, files and services. */
export const elsewhereBreaks: readonly LabBreak[] = [
  {
    what: 'a domain of nobody is defined',
    finds: ['I2'],
    says: /domain wb-orphan \(0badf00d.*\): expected a server on \w+, found none/,
    do: async ({ host }) => {
      const xml = `<domain type='qemu'><name>wb-orphan</name><uuid>${orphan}</uuid><memory unit='MiB'>16</memory><vcpu>1</vcpu><os><type>hvm</type></os><devices/></domain>`;
      await run(host.machine, ['virsh', '-c', 'qemu:///system', 'define', '/dev/stdin'], { stdin: xml });
      return async () => {
        await host.virsh.run(['undefine', '--domain', orphan]);
      };
    },
  },
  {
    what: 'the resource provider of a compute has another name',
    finds: ['I3', 'I39'],
    says: /I39 .*root resource provider/,
    do: async (scene) => {
      const { id, name } = await root(scene);
      const rename = (to: string): Promise<unknown> =>
        placement(scene, 'PUT', `/resource_providers/${id}`, { name: to });
      await rename('renamed.behind.its.back');
      return async () => {
        await rename(name);
      };
    },
  },
  {
    what: 'a server has an allocation of the wrong amount',
    finds: ['I36'],
    says: /PCPU: expected 2 \(flavor\), found 1 \(Placement\)/,
    do: (scene) => reallocate(scene, (now) => ({ ...now, PCPU: 1 })),
  },
  {
    what: 'a server that is being rebooted has an allocation of the wrong amount',
    finds: ['I36'],
    says: /allocation of \w+: expected PCPU 2, .* \(flavor\) of the server or its migration, found PCPU 1, /,
    do: (scene) => underWay(scene, () => reallocate(scene, (now) => ({ ...now, PCPU: 1 }))),
  },
  {
    what: 'a server has lost its allocation',
    finds: ['I36'],
    says: /I36 /,
    sample: true,
    do: async (scene) => {
      const undo = await reallocate(scene, (now) => now);
      await placement(scene, 'DELETE', `/allocations/${scene.pinned.id}`);
      return undo;
    },
  },
  {
    what: 'a compute has an allocation of nobody',
    finds: ['I37'],
    says: new RegExp(`I37 .*${orphan}`),
    do: async (scene) => {
      const owner = (await placement(
        scene,
        'GET',
        `/allocations/${scene.pinned.id}`,
      )) as unknown as Allocations;
      const { id } = await root(scene);
      await allocate(scene, orphan, { [id]: { resources: { MEMORY_MB: 16 } } }, owner);
      return async () => {
        await placement(scene, 'DELETE', `/allocations/${orphan}`);
      };
    },
  },
  {
    what: 'a compute that is enabled is disabled in Placement',
    finds: ['I38'],
    says: /I38 .*COMPUTE_STATUS_DISABLED/,
    do: async (scene) => {
      const { id } = await root(scene);
      const path = `/resource_providers/${id}/traits`;
      const set = async (change: (traits: readonly string[]) => readonly string[]): Promise<void> => {
        const now = await placement(scene, 'GET', path);
        await placement(scene, 'PUT', path, { ...now, traits: change(now['traits'] as readonly string[]) });
      };
      await set((traits) => [...traits, 'COMPUTE_STATUS_DISABLED']);
      return () => set((traits) => traits.filter((trait) => trait !== 'COMPUTE_STATUS_DISABLED'));
    },
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
