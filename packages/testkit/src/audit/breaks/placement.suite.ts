import { allocate, allocationsOf, placement, reallocate } from '../../broken-placement.suite.js';
import { underWay, type LabBreak, type Scene } from './lab-break.suite.js';

/** The root resource provider of the host, which is its compute node. */
export async function root(scene: Scene): Promise<{ readonly id: string; readonly name: string }> {
  const rows = await scene.lab.session.database.computeNodes({ host: scene.host.name });
  return { id: rows[0]?.uuid ?? '', name: rows[0]?.hypervisorHostname ?? '' };
}

const orphan = '0badf00d-0000-4000-8000-00000000beef';

/** What Placement has otherwise than the rest of the cloud. */
export const placementBreaks: readonly LabBreak[] = [
  {
    what: 'the resource provider of a compute has another name',
    finds: ['I3', 'I39'],
    says: /I39 .*root resource provider/,
    do: async (scene) => {
      const { id, name } = await root(scene);
      const rename = (to: string): Promise<unknown> =>
        placement(scene.lab.session, 'PUT', `/resource_providers/${id}`, { name: to });
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
    do: (scene) => reallocate(scene.lab.session, scene.pinned.id, (now) => ({ ...now, PCPU: 1 })),
  },
  {
    what: 'a server that is being rebooted has an allocation of the wrong amount',
    finds: ['I36'],
    says: /allocation of \w+: expected PCPU 2, .* \(flavor\) of the server or its migration, found PCPU 1, /,
    do: (scene) =>
      underWay(scene, () => reallocate(scene.lab.session, scene.pinned.id, (now) => ({ ...now, PCPU: 1 }))),
  },
  {
    what: 'a server has lost its allocation',
    finds: ['I36'],
    says: /I36 /,
    sample: true,
    do: async (scene) => {
      const undo = await reallocate(scene.lab.session, scene.pinned.id, (now) => now);
      await placement(scene.lab.session, 'DELETE', `/allocations/${scene.pinned.id}`);
      return undo;
    },
  },
  {
    what: 'a compute has an allocation of nobody',
    finds: ['I37'],
    says: new RegExp(`I37 .*${orphan}`),
    do: async (scene) => {
      const owner = await allocationsOf(scene.lab.session, scene.pinned.id);
      const { id } = await root(scene);
      await allocate(scene.lab.session, orphan, { [id]: { resources: { MEMORY_MB: 16 } } }, owner);
      return async () => {
        await placement(scene.lab.session, 'DELETE', `/allocations/${orphan}`);
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
        const now = await placement(scene.lab.session, 'GET', path);
        await placement(scene.lab.session, 'PUT', path, {
          ...now,
          traits: change(now['traits'] as readonly string[]),
        });
      };
      await set((traits) => [...traits, 'COMPUTE_STATUS_DISABLED']);
      return () => set((traits) => traits.filter((trait) => trait !== 'COMPUTE_STATUS_DISABLED'));
    },
  },
];
