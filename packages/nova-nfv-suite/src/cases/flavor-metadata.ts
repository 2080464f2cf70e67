import { expect, feature, shared, test, type FlavorSpec, type TestServer } from '@whitebox/testkit';
import { fromBothXmls } from '../each-layer.js';

test(
  'the metadata in the domain XML tells the flavor of a guest, also after a resize and a hard reboot',
  {
    claim: {},
    needs: [feature('resize')],
    replaces: ['test_flavor_metadata.TestFlavorMetadata.test_flavor_metadata_is_present'],
  },
  async ({ cloud }) => {
    const [before, after] = [flavor(2, 128), flavor(1, 192, { 'hw_rng:allowed': 'true' })];
    const server = await cloud.boot({ flavor: before });
    await expectMetadata(server, before);

    await server.resize(after);
    await expectMetadata(server, after);

    await server.hardReboot();
    await expectMetadata(server, after);
  },
);

function flavor(vcpus: number, ramMib: number, extraSpecs: Readonly<Record<string, string>> = {}) {
  return { ...shared(vcpus, extraSpecs), ramMib };
}

async function expectMetadata(server: TestServer, spec: FlavorSpec): Promise<void> {
  const { name, diskGib } = (await server.refresh()).flavor;
  const told = await fromBothXmls(server, ({ nova }) => nova?.flavor);
  expect(told).toMatchObject({
    name,
    memoryMib: spec.ramMib,
    diskGib,
    swapMib: 0,
    ephemeralGib: 0,
    vcpus: spec.vcpus,
  });
  // Newer versions of Nova tell these too, both of them; the API does not tell the id any more (compute API 2.47).
  if (told?.id === undefined && told?.extraSpecs === undefined) return;
  expect(told.id).toMatch(/./);
  expect(Object.fromEntries(told.extraSpecs ?? [])).toEqual(spec.extraSpecs);
}
