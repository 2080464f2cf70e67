import type { FakeState } from './fake-state.suite.js';

/** Images of a made-up Glance that keeps them in Ceph, and what a nova-compute logs when it copies one. */
export class FakeImages {
  /** Image -> its properties. */
  readonly #images = new Map<string, Readonly<Record<string, string>>>();
  readonly #cached = new Set<string>();
  /** What the computes log, all of them together. */
  log: string[] = [];
  /** Options that a case has set on all computes. */
  readonly configured = new Map<string, string | null>();

  add(id: string, properties: Readonly<Record<string, string>>): void {
    this.#images.set(id, properties);
  }

  propertiesOf(id = ''): Readonly<Record<string, string>> {
    return this.#images.get(id) ?? {};
  }

  /** A compute gets an image that it has not in its cache yet: rbd_download of nova/image/glance.py. */
  copyTo(host: string, id = ''): void {
    if (this.#cached.has(`${host} ${id}`)) return;
    this.#cached.add(`${host} ${id}`);
    if (this.configured.get('debug') !== 'true') return;
    this.log.push(
      `Attempting to export RBD image: [pool_name: images] [image_uuid: ${id}] [snapshot_name: snap]`,
    );
  }

  /** The root disk: in Ceph as the images, unless `[libvirt] images_type` says otherwise. */
  diskOf(serverId: string): string {
    return this.configured.get('images_type') === 'default'
      ? `<disk type='file' device='disk'><source file='/var/lib/nova/instances/${serverId}/disk'/><target dev='vda' bus='virtio'/></disk>`
      : `<disk type='network' device='disk'><source protocol='rbd' name='vms/${serverId}_disk'/><target dev='vda' bus='virtio'/></disk>`;
  }
}

/** Where Glance, the configuration and the log of nova-compute tell of images. */
export function imageSources({ images }: FakeState) {
  return {
    show: (id: string) => Promise.resolve({ raw: { direct_url: `rbd://fsid/images/${id}/snap` } }),
    config: {
      effective: (section: string, option: string) =>
        section === 'glance' && option === 'rbd_pool' ? { value: 'images' } : undefined,
    },
    novaCompute: {
      mark: () => Promise.resolve(images.log.length),
      log: (mark: number) => Promise.resolve(images.log.slice(mark).map((message) => ({ message }))),
    },
    changeComputes: (
      _: unknown,
      changes: readonly { readonly option: string; readonly value: string | null }[],
    ) => {
      for (const { option, value } of changes) images.configured.set(option, value);
      const giveBack = (): Promise<void> => {
        images.configured.clear();
        return Promise.resolve();
      };
      return Promise.resolve({ giveBack });
    },
  };
}
