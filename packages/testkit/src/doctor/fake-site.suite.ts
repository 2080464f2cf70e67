import { FakeHost } from '@whitebox/host/testing';
import type { WhiteboxConfig } from '@whitebox/config';
import type { ComputeService } from '@whitebox/openstack';
import type { ComputeNodeRow } from '@whitebox/db';
import { CpuSet } from '@whitebox/core';
import type { Check, Finding } from './check.js';
import { runChecks, type CheckResult } from './run-checks.js';
import type { Site, SiteApi, SiteDatabase, SiteHost } from './site.js';

// A cloud on which everything is fine; a test breaks one thing of it.

export const virshVersion = `Compiled against library: libvirt 9.0.0
Using library: libvirt 9.0.0
Using API: QEMU 9.0.0
Running hypervisor: QEMU 7.2.22
Running against daemon: 9.0.0
`;

const noGuests = ' Id   Name   State\n--------------------\n\n';

/** A host of which everything that checks ask is fine. */
export function healthyMachine(name: string): FakeHost {
  return new FakeHost({ name })
    .on('ls', '')
    .on('true', '')
    .on('id', 'stack\n')
    .on('date', () => `${(Date.now() / 1000).toFixed(9)}\n`)
    .on('uname', '6.1.0\n')
    .on(['sudo', '-n', '-l'], 'User stack may run:\n    (ALL) NOPASSWD: ALL\n')
    .on(['/usr/sbin/sshd', '-T'], 'port 22\nmaxsessions 10\nallowtcpforwarding yes\n')
    .on('virsh', ({ argv }) => (argv.includes('version') ? virshVersion : noGuests))
    .on('sh', ({ argv }) =>
      argv.some((one) => one.includes('df -Pk')) ? '/dev/vda1 100000000 1 50000000 1% /\n' : '',
    );
}

export function fakeHost(
  name: string,
  machine = healthyMachine(name),
  more: Partial<SiteHost> = {},
): SiteHost {
  return {
    name,
    where: '192.0.2.1',
    isCompute: true,
    login: () => Promise.resolve(machine),
    root: () => Promise.resolve(machine),
    deployment: () =>
      Promise.resolve({ virsh: ['virsh'] } as unknown as Awaited<ReturnType<SiteHost['deployment']>>),
    novaVersion: () => Promise.resolve('26.2.2'),
    ...more,
  };
}

export function fakeService(more: Partial<ComputeService> = {}): ComputeService {
  return {
    id: '1',
    binary: 'nova-compute',
    host: 'a',
    zone: 'nova',
    status: 'enabled',
    state: 'up',
    disabledReason: null,
    forcedDown: false,
    updatedAt: null,
    raw: {},
    ...more,
  };
}

export function fakeApi(more: Partial<SiteApi> = {}): SiteApi {
  return {
    token: { roles: ['member', 'admin'], userName: 'admin', projectName: 'admin', clockAheadMs: 0 },
    keystone: 'http://keystone/v3',
    hasService: () => Promise.resolve(true),
    endpoint: (type) => Promise.resolve(`http://${type}`),
    answers: (type) => Promise.resolve(type === 'compute' ? { min: '2.1', max: '2.93' } : null),
    services: () => Promise.resolve([fakeService(), fakeService({ host: 'b' })]),
    namedAsOurs: () => Promise.resolve([]),
    ...more,
  };
}

export function fakeNode(more: Partial<ComputeNodeRow> = {}): ComputeNodeRow {
  const cell = { id: 0, pcpuset: CpuSet.parse('0-3'), pinnedCpus: CpuSet.parse('0') };
  return {
    host: 'a',
    hypervisorHostname: 'a',
    memoryMiB: 8192,
    memoryUsedMiB: 512,
    localGiB: 20,
    localUsedGiB: 1,
    runningVms: 1,
    numaTopology: { cells: [cell] },
    ...more,
  } as unknown as ComputeNodeRow;
}

export function fakeDatabase(more: Partial<SiteDatabase> = {}): SiteDatabase {
  return {
    account: 'whitebox at db',
    place: '[whitebox-database]',
    grants: () =>
      Promise.resolve(['GRANT USAGE ON *.* TO `w`@`%`', 'GRANT SELECT ON `nova_api`.* TO `w`@`%`']),
    cells: () => Promise.resolve([{ name: 'cell1', problem: undefined }]),
    computeNodes: () => Promise.resolve([fakeNode()]),
    ...more,
  };
}

export function fakeConfig(
  options: Readonly<Record<string, unknown>> = {},
  notes: WhiteboxConfig['notes'] = [],
): WhiteboxConfig {
  return {
    files: ['/t.conf'],
    notes,
    get: (group: string, key: string) => options[`${group}.${key}`],
  } as unknown as WhiteboxConfig;
}

export function fakeSite(more: Partial<Site> = {}): Site {
  const here: Site['here'] = {
    nodeVersion: 'v20.20.2',
    now: () => Date.now(),
    stateRoot: '/state',
    folders: ['/state'],
    freeBytes: () => Promise.resolve(50 * 2 ** 30),
    openRuns: () => Promise.resolve([]),
  };
  return {
    here,
    config: () => Promise.resolve(fakeConfig()),
    api: () => Promise.resolve(fakeApi()),
    hosts: () => Promise.resolve([fakeHost('a'), fakeHost('b')]),
    database: () => Promise.resolve(fakeDatabase()),
    connection: () => Promise.resolve({ warnings: [], options: { all: () => Promise.resolve([]) } }),
    ...more,
  };
}

/** What one check finds on a site. */
export async function look(check: Check, site: Site): Promise<CheckResult> {
  const [result] = await runChecks([check], site);
  if (result === undefined) throw new Error('no result');
  return result;
}

/** The findings that are not fine. */
export function bad({ findings }: CheckResult): readonly Finding[] {
  return findings.filter(({ verdict }) => verdict !== 'ok');
}
