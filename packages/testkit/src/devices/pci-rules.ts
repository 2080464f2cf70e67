import type { DeviceEvidence, DeviceRow, XmlDevices } from './device-evidence.js';

/** Addresses of the host's PCI devices that a domain XML names; macvtap and vDPA ports name a device of the kernel instead. */
export function addressesIn({ hostdevs, interfaces }: XmlDevices): string[] {
  return [...hostdevs, ...interfaces]
    .flatMap(({ hostPci }) => (hostPci === undefined ? [] : [hostPci]))
    .sort();
}

/**
 * Requests, rows, XML and Placement name the same PCI devices, and only such of the server's own host.
 *
 * Rules of nova/pci/manager.py (rows), nova/virt/libvirt/driver.py (_get_guest_pci_device) and
 * nova/compute/pci_placement_translator.py (a provider for each parent address).
 */
export function* pciDisagreements(evidence: DeviceEvidence): Generator<string> {
  const { live, inactive, rows, requests, hostName } = evidence;
  const named = addressesIn(live);
  const again = addressesIn(inactive);
  if (named.join() !== again.join()) {
    yield `PCI devices: domain XML ${show(named)}, inactive XML ${show(again)}`;
  }
  for (const { address, status, host } of rows) {
    // What confirming a migration (lp#1641750) and a claim that was given up (lp#1860555) left behind.
    if (host !== hostName)
      yield `PCI device ${address} of ${host} is ${status} to it, but it is on ${hostName}`;
    else if (status !== 'allocated') yield `PCI device ${address} of it is ${status} in the database`;
  }
  const here = rows.filter(({ host }) => host === hostName);
  for (const address of named) {
    const count = named.filter((other) => other === address).length;
    if (count > 1) yield `domain XML has PCI device ${address} ${count} times`;
    // lp#1633120, lp#1896463: the guest has it and Nova gives it to the next one.
    if (!here.some((row) => row.address === address)) {
      yield `domain XML has PCI device ${address}, the database has not`;
    }
  }
  for (const row of here) {
    if (isInXml(row, evidence) && !named.includes(row.address)) {
      yield `the database has PCI device ${row.address}, domain XML has not`;
    }
  }
  for (const { requestId, count, aliasName, requesterId } of requests) {
    const given = here.filter((row) => row.requestId === requestId).length;
    // lp#1986838: none at all; lp#2098496: more than was asked for.
    if (given !== count) {
      yield `${aliasName === null ? `port ${requesterId ?? '?'}` : `alias ${aliasName}`} asks for ${count} PCI devices, the database has ${given}`;
    }
  }
  const unasked = here.filter((row) => !requests.some(({ requestId }) => requestId === row.requestId));
  for (const { address } of unasked) yield `PCI device ${address} was given for no request`;
  yield* flavorDisagreements(evidence);
  yield* numaDisagreements(evidence, here);
  yield* placementDisagreements(evidence, here);
}

/** lp#1983753, lp#1941005: a resize went on with the request of the old flavor. */
function* flavorDisagreements({ requests, specRequests, flavorAliases }: DeviceEvidence): Generator<string> {
  const wanted = [...flavorAliases]
    .map(([name, count]) => `${name}:${count}`)
    .sort()
    .join();
  for (const [what, list] of [
    ['instance_extra', requests],
    ['request_specs', specRequests],
  ] as const) {
    const asked = list.flatMap(({ aliasName, count }) => (aliasName === null ? [] : `${aliasName}:${count}`));
    if (asked.sort().join() !== wanted) {
      yield `PCI requests: flavor ${wanted === '' ? 'none' : wanted}, ${what} ${asked.join() || 'none'}`;
    }
  }
}

/** Of macvtap and vDPA ports the XML has no address (nova/virt/libvirt/designer.py). */
function isInXml(row: DeviceRow, { requests, ports }: DeviceEvidence): boolean {
  const request = requests.find(({ requestId }) => requestId === row.requestId);
  const port = ports.find(({ id }) => id === request?.requesterId);
  return port === undefined || port.vnicType === 'direct' || port.vnicType === 'direct-physical';
}

/** nova/pci/stats.py, _filter_pools_for_numa_cells; lp#1893221: live migration did not look. */
function* numaDisagreements(
  { requests, cells }: DeviceEvidence,
  here: readonly DeviceRow[],
): Generator<string> {
  if (cells === null) return;
  for (const { requestId, numaPolicy } of requests) {
    if (numaPolicy !== 'required' && numaPolicy !== 'legacy') continue;
    for (const { address, numaNode } of here.filter((row) => row.requestId === requestId)) {
      if (numaNode === null ? numaPolicy === 'required' : !cells.includes(numaNode)) {
        yield `PCI device ${address} is on node ${numaNode ?? 'none'}, its policy is ${numaPolicy} and the guest on ${cells.join(',')}`;
      }
    }
  }
}

/** Only devices that Nova tracks in Placement have a provider, `rp_uuid` of their row. */
function* placementDisagreements(
  { allocations }: DeviceEvidence,
  here: readonly DeviceRow[],
): Generator<string> {
  const providers = new Map(allocations.map((allocation) => [allocation.providerId, allocation]));
  const tracked = new Map<string, DeviceRow[]>();
  for (const row of here) {
    const providerId = row.extraInfo['rp_uuid'];
    if (providerId !== undefined) tracked.set(providerId, [...(tracked.get(providerId) ?? []), row]);
  }
  for (const [providerId, rows] of tracked) {
    const resources = Object.entries(providers.get(providerId)?.resources ?? {});
    const amount = resources.reduce((sum, [, each]) => sum + each, 0);
    if (amount !== rows.length) {
      yield `Placement allocates ${amount} of ${rows.map(({ address }) => address).join(', ')}, the database ${rows.length}`;
    }
  }
  for (const { providerId, providerName, resources } of allocations) {
    if (!/_[0-9A-F]{4}:[0-9A-F]{2}:[0-9A-F]{2}\.[0-7]$/.test(providerName) || tracked.has(providerId))
      continue;
    yield `Placement allocates ${Object.keys(resources).join(', ')} of ${providerName}, the database no device of it`;
  }
}

function show(addresses: readonly string[]): string {
  return addresses.length === 0 ? 'none' : addresses.join(', ');
}
