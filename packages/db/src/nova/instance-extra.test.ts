import { describe, expect, test } from 'vitest';
import type { Row } from '../sql-value.js';
import { changed, madeByNova, parse, recordedComputeNodes, recordedServer } from '../testing/recorded.js';
import { readInstanceExtra } from './instance-extra.js';
import { pinnedCpus } from './instance-numa-topology.js';
import { readPciDeviceList, readPciPools, readPciRequests, readTexts } from './pci.js';
import { readRequestSpec } from './request-spec.js';
import { TableRow } from './table.js';

const uuid = '5f3c0c3e-8f0a-4f0e-9d51-7f0d0a4d1a11';
const extraOf = (columns: Row) =>
  readInstanceExtra(new TableRow('instance_extra', { id: 12, instance_uuid: uuid, ...columns }));

describe('instance_extra', () => {
  test('of a server without NUMA', () => {
    const extra = extraOf(recordedServer('plain').instance_extra);
    expect(extra).toMatchObject({
      instanceUuid: uuid,
      numaTopology: null,
      pciRequests: [],
      migrationContext: null,
      resources: [],
    });
    expect(extra.flavors?.current).toMatchObject({
      name: 'm1.nano',
      vcpus: 1,
      memoryMiB: 128,
      rootGiB: 1,
      swapMiB: 0,
    });
    expect(extra.flavors).toMatchObject({ old: null, new: null });
  });

  test('of a server whose resize waits for confirmation', () => {
    const { flavors, migrationContext, numaTopology } = extraOf(recordedServer('resized').instance_extra);
    expect([flavors?.old?.name, flavors?.current.name, flavors?.new?.name]).toEqual([
      'pinned2',
      'pinned1',
      'pinned1',
    ]);
    expect(flavors?.current.extraSpecs).toEqual({ 'hw:cpu_policy': 'dedicated' });
    expect(migrationContext).toMatchObject({
      migrationId: 1,
      version: '1.2',
      oldPciDevices: [],
      newResources: [],
    });
    expect(pinnedCpus(migrationContext!.oldNumaTopology!).ids).toEqual([0, 1]);
    expect(pinnedCpus(migrationContext!.newNumaTopology!).ids).toEqual([2]);
    expect(pinnedCpus(numaTopology!).ids).toEqual([2]);
  });

  test('a migration that takes devices and memory along', () => {
    const context = extraOf({ migration_context: madeByNova.migration_context.full }).migrationContext!;
    expect(context).toMatchObject({
      instanceUuid: uuid,
      migrationId: 42,
      newNumaTopology: null,
      newPciRequests: [],
    });
    expect(context.oldPciDevices.map(({ address }) => address)).toEqual(['0000:81:00.1', '0000:81:00.0']);
    expect(context.oldPciRequests.map(({ count }) => count)).toEqual([1, 2]);
    expect(context.oldResources).toEqual([
      {
        providerUuid: '4d1a1111-0000-4000-8000-0000000000dd',
        resourceClass: 'CUSTOM_PMEM_NAMESPACE_4GB',
        identifier: 'ns_0',
      },
    ]);
  });

  test('a migration context of 1.0 knows of CPUs only', () => {
    const context = extraOf({ migration_context: madeByNova.migration_context['1.0'] }).migrationContext!;
    expect(context).toMatchObject({
      version: '1.0',
      oldPciDevices: [],
      oldPciRequests: [],
      oldResources: [],
    });
    expect(pinnedCpus(context.oldNumaTopology!).ids).toEqual([4, 5, 10, 11]);
  });

  test('persistent memory', () => {
    expect(extraOf({ resources: madeByNova.resources }).resources[0]?.identifier).toBe('ns_0');
  });

  test.each(['numa_topology', 'pci_requests', 'flavor', 'migration_context', 'resources'])(
    'a broken %s names its row, its server and its column',
    (column) => {
      expect(() => extraOf({ [column]: '{"a": ' })).toThrow(
        expect.objectContaining({
          code: 'WB_NOVA_DB_VALUE',
          action: expect.stringMatching(
            `^read instance_extra.${column} of the row with id 12 \\(instance_uuid .+\\)$`,
          ) as string,
        }),
      );
      expect(() => extraOf({ [column]: 7 })).toThrow(/number where a text should be/);
      expect(extraOf({ [column]: 'null' })).toEqual(extraOf({}));
    },
  );
});

describe('PCI', () => {
  test('requests are the same as a column and as an object', () => {
    const requests = readPciRequests(parse(madeByNova.pci['requests-column']));
    expect(requests).toEqual(readPciRequests(parse(madeByNova.pci.requests)));
    expect(requests).toEqual([
      {
        count: 1,
        spec: [{ physical_network: 'physnet1', remote_managed: 'False' }],
        aliasName: null,
        requestId: '4d1a1111-0000-4000-8000-0000000000aa',
        requesterId: '4d1a1111-0000-4000-8000-0000000000bb',
        numaPolicy: null,
      },
      {
        count: 2,
        spec: [{ vendor_id: '8086', product_id: '0443', dev_type: 'type-PCI' }],
        aliasName: 'qat',
        requestId: '4d1a1111-0000-4000-8000-0000000000cc',
        requesterId: null,
        numaPolicy: 'socket',
      },
    ]);
  });

  test('devices', () => {
    expect(readPciDeviceList(parse(madeByNova.pci.devices))[0]).toEqual({
      id: 7,
      uuid: '4d1a1111-0000-4000-8000-000000000001',
      computeNodeId: 1,
      address: '0000:81:00.1',
      vendorId: '8086',
      productId: '1515',
      type: 'type-VF',
      status: 'allocated',
      label: 'label_8086_1515',
      deviceId: 'pci_0000_81_00_1',
      instanceUuid: uuid,
      requestId: '4d1a1111-0000-4000-8000-0000000000aa',
      numaNode: 1,
      parentAddress: '0000:81:00.0',
      extraInfo: { parent_ifname: 'ens1', capabilities: '{"network": ["rx", "tx"]}' },
    });
  });

  test('pools, as objects and as the dictionaries from before Kilo', () => {
    const pool = {
      vendorId: '8086',
      productId: '1515',
      numaNode: 1,
      count: 3,
      tags: { dev_type: 'type-VF', physical_network: 'physnet1', parent_ifname: 'ens1' },
    };
    expect(readPciPools(parse(madeByNova.pci.pools))).toEqual([pool]);
    const old = '{"vendor_id": "8086", "product_id": "1515", "numa_node": 1, "count": 3, "tag": "x"}';
    expect(readPciPools(parse(old))).toEqual([{ ...pool, tags: { tag: 'x' } }]);
    expect(readPciPools(parse(`[${old}, ${old}]`))).toHaveLength(2);
    expect(readPciPools(parse(recordedComputeNodes()[0]!.pci_stats))).toEqual([]);
  });

  test('texts that are not texts are errors', () => {
    expect(readTexts(parse('{"__proto__": "x"}'))).toEqual(JSON.parse('{"__proto__": "x"}'));
    expect(() => readTexts(parse('{"a": 1}'))).toThrow(/1 where a text should be at a/);
  });
});

describe('request specs of a real cloud', () => {
  test.each(['plain', 'dedicated', 'shared-numa', 'isolate', 'mixed', 'small-pages', 'resized'])(
    '%s',
    (kind) => {
      const { spec } = recordedServer(kind).request_specs;
      const request = readRequestSpec(parse(spec));
      expect(request).toMatchObject({
        version: '1.14',
        numInstances: 1,
        pciRequests: [],
        availabilityZone: null,
      });
      const { numaTopology, flavors } = extraOf(recordedServer(kind).instance_extra);
      expect(request.flavor.flavorId).toBe(flavors!.current.flavorId);
      // The request has the shape of what was given, without the pins.
      expect(request.numaTopology?.cells.map((cell) => [...cell.pcpuset])).toEqual(
        numaTopology?.cells.map((cell) => [...cell.pcpuset]),
      );
      if (request.numaTopology !== null) expect(pinnedCpus(request.numaTopology).isEmpty).toBe(true);
    },
  );

  test('a page size may be asked for by word', () => {
    const { numaTopology } = readRequestSpec(parse(recordedServer('small-pages').request_specs.spec));
    expect(numaTopology!.cells[0]).toMatchObject({ pagesizeKiB: null, pagesizeWish: 'small' });
  });

  test('without a flavor is an error', () => {
    const json = changed(
      recordedServer('plain').request_specs.spec,
      (object: { 'nova_object.data': { flavor: null } }) => {
        object['nova_object.data'].flavor = null;
      },
    );
    expect(() => readRequestSpec(json)).toThrow(/null where an object should be at nova_object.data.flavor/);
  });
});
