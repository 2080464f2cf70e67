import { shared, type Cloud, type ComputeHost, type FlavorSpec, type TestServer } from '@whitebox/testkit';

/** A guest whose only disk is a volume. */
export interface VolumeBacked {
  readonly server: TestServer;
  /** Id of its root volume. */
  readonly volume: string;
}

/** Boots from a volume with the content of the image; both are gone when the case ends. */
export async function bootFromVolume(
  cloud: Cloud,
  { host, flavor = shared(1) }: { readonly host?: ComputeHost; readonly flavor?: FlavorSpec } = {},
): Promise<VolumeBacked> {
  const volume = await cloud.volume({ imageId: await cloud.defaultImage() });
  const server = await cloud.boot({
    // Without a root disk, as flavors for volume-backed guests are.
    flavor: { ...flavor, diskGib: 0 },
    host,
    imageId: null,
    blockDevices: [{ source: 'volume', destination: 'volume', id: volume, bootIndex: 0 }],
  });
  return { server, volume };
}
