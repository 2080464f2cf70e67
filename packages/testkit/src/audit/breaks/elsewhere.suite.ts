import { run } from '@whitebox/host';
import { type LabBreak, type Scene, type Undo } from './lab-break.suite.js';

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

async function onHost({ host }: Scene, script: string, ...args: readonly string[]): Promise<string> {
  return (await run(host.machine, ['sh', '-c', script, 'sh', ...args])).stdout.trim();
}

/** Placement, Neutron, libvirt, files and services. */
export const elsewhereBreaks: readonly LabBreak[] = [
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
