import { sql } from '@whitebox/db';
import { readCpuTopology, readNumaCells, type CpuTopology, type NumaCell } from '@whitebox/kernel';
import { XmlDocument } from '@whitebox/libvirt-xml';
import { detectDeployment, runningConfig } from '@whitebox/services';
import type { CloudConnection } from '../cloud-connection.js';
import type { ComputeHost } from '../compute-host.js';
import { sentenceOf } from '../nova-connection.js';
import type { CloudFacts, ComputeFacts } from './cloud-facts.js';

/** The facts of a cloud to which there is a connection; each is read when it is asked for, and once. */
export function connectedFacts(connection: CloudConnection): CloudFacts {
  const { openstack, database, release, maxMicroversion, databaseAccount } = connection;
  const computeNodes = once(() => database.computeNodes());
  return {
    computes: connection.computes.map((compute) => computeFacts(compute, connection)),
    release,
    maxMicroversion,
    database: databaseAccount,
    computeNodes,
    pciDevices: once(() => database.pciDevices()),
    cellDatabaseName: once(async () => {
      const cell = (await database.cells()).find(({ isCell0 }) => !isCell0);
      if (cell === undefined) return undefined;
      const [row] = await (await database.cellDatabase(cell)).query(sql`SELECT DATABASE() AS name`);
      return typeof row?.['name'] === 'string' ? row['name'] : undefined;
    }),
    images: once(async () => {
      const images = await openstack.images.list();
      return images.filter(({ status }) => status === 'active').map(({ id }) => id);
    }),
    hasService: (type) => openstack.hasService(type),
    inCatalogue: async (type) =>
      (await openstack.session.token()).catalog.some((entry) => entry.type === type),
    freeStorageGb: once(() => freeStorageGb(connection)),
    schedulerFilters: once(() => schedulerFilters(connection)),
  };
}

function computeFacts(compute: ComputeHost, { database, openstack }: CloudConnection): ComputeFacts {
  const { machine, virsh, novaCompute } = compute;
  const { reference } = novaCompute;
  const container =
    reference.kind === 'container'
      ? reference.runtime
      : reference.kind === 'command' && reference.containerName !== undefined
        ? (reference.containerRuntime ?? 'podman')
        : undefined;
  return {
    name: compute.name,
    get dedicated() {
      return compute.dedicated;
    },
    get shared() {
      return compute.shared;
    },
    flavour: compute.deployment.flavour.name,
    unit: reference.unit,
    containerRuntime: container,
    inForce: (section, option, olderNames = []) => {
      const older = olderNames.map((key) => ({ section, key }));
      const found = compute.config.effective(section, option, older);
      return (found?.values ?? []).filter((value) => value !== '');
    },
    topology: once<CpuTopology>(() => readCpuTopology(machine)),
    numaCells: once<readonly NumaCell[]>(() => readNumaCells(machine)),
    firmware: once(async () => {
      const capabilities = XmlDocument.parse(await virsh.run(['domcapabilities']));
      const values = capabilities.find("os/enum[@name='firmware']/value");
      return values.flatMap((value) => (value.kind === 'element' ? value.text : []));
    }),
    traits: once(async () => {
      const nodes = await database.computeNodes({ host: compute.name });
      const each = await Promise.all(
        nodes.flatMap(({ uuid }) => (uuid === null ? [] : openstack.placement.traits(uuid))),
      );
      return each.flat();
    }),
  };
}

/** Pools that cannot tell a number ("infinite", "unknown") make the sum unknown. */
async function freeStorageGb({ openstack }: CloudConnection): Promise<number | undefined> {
  if (!(await openstack.hasService('block-storage'))) return undefined;
  const call = { action: 'list storage pools', path: '/scheduler-stats/get_pools', query: { detail: true } };
  const pools = await openstack.volumes.client.list('pools', call);
  const free = pools.map((pool) => pool.object('capabilities').raw['free_capacity_gb']);
  const sum = free.reduce<number>((all, one) => all + (typeof one === 'number' ? one : NaN), 0);
  return pools.length === 0 || Number.isNaN(sum) ? undefined : Math.floor(sum);
}

async function schedulerFilters({
  controlHosts,
  machines,
  settings,
}: CloudConnection): Promise<readonly string[]> {
  const tried: string[] = [];
  for (const name of controlHosts) {
    try {
      const flavour = settings.deployment;
      const deployment = await detectDeployment(await machines.root(name), { flavour });
      if (!deployment.services.includes('nova-scheduler')) {
        tried.push(`${name} has no nova-scheduler`);
        continue;
      }
      const config = await runningConfig(deployment.service('nova-scheduler'));
      // Older names: nova/conf/scheduler.py.
      const older = [{ section: 'DEFAULT', key: 'scheduler_default_filters' }];
      const found = config.effective('filter_scheduler', 'enabled_filters', older)?.values ?? [];
      return found.flatMap((value) => value.split(',')).flatMap((filter) => filter.trim() || []);
    } catch (error) {
      tried.push(`${name}: ${sentenceOf(error)}`);
    }
  }
  throw new Error(`nova-scheduler cannot be looked at: ${tried.join('; ') || 'Nova names no host of it'}`);
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => (reading ??= read());
}
