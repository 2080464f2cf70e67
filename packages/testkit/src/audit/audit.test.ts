import type { InstanceFilter, InstanceRow, ServiceRow } from '@whitebox/db';
import type { Unchecked, Violation } from '@whitebox/invariants';
import { describe, expect, it } from 'vitest';
import { audit, type AuditOptions, type AuditProgress } from './audit.js';
import type { HostLook, HostTask } from './look-at-host.js';

const server = '11111111-1111-4111-8111-111111111111';
const subject = { kind: 'server', id: server, name: 'vm1', host: 'compute1' } as const;

function violation(changes: Partial<Violation> = {}): Violation {
  const plain = {
    id: 'I6',
    subject,
    point: 'vCPU 0',
    transient: false,
    settlesWithinS: undefined,
    expected: 'CPU 2',
    found: 'CPU 5',
  } as const;
  return { ...plain, layers: [], text: 'I6 vm1 on compute1: vCPU 0', knownBug: undefined, ...changes };
}

interface Seen {
  readonly violations?: readonly Violation[];
  readonly unchecked?: readonly Unchecked[];
  readonly troubles?: readonly string[];
}

/** A cloud of these computes; of each what one look after the other shows, the last one from then on. */
function cloud(
  seen: Readonly<Record<string, readonly Seen[]>>,
  serverHost: string | null = 'compute1',
): {
  readonly tasks: HostTask[];
  readonly most: () => number;
  readonly audit: (options?: Partial<AuditOptions>) => ReturnType<typeof audit>;
} {
  const tasks: HostTask[] = [];
  let running = 0;
  let most = 0;
  const look = async (task: HostTask): Promise<HostLook> => {
    const looks = seen[task.host] ?? [{}];
    const number = tasks.filter(({ host }) => host === task.host).length;
    tasks.push(task);
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running -= 1;
    const {
      violations = [],
      unchecked = [],
      troubles = [],
    } = looks[Math.min(number, looks.length - 1)] ?? {};
    const takenAt = new Date();
    return {
      takenAt,
      violations,
      unchecked,
      troubles,
      looked: ['I6'],
      servers: [server],
      intervalS: 0.01,
      pictures: [],
    };
  };
  const database = {
    services: () => Promise.resolve(Object.keys(seen).map((host) => ({ host, version: 66 }) as ServiceRow)),
    instances: ({ notOn }: InstanceFilter = {}) =>
      Promise.resolve(
        serverHost === null || ![...(notOn ?? [])].includes(serverHost)
          ? [
              {
                uuid: server,
                displayName: 'vm1',
                host: serverHost,
                vmState: 'shelved_offloaded',
              } as InstanceRow,
            ]
          : [],
      ),
  };
  return {
    tasks,
    most: () => most,
    audit: (options = {}) =>
      audit(
        { database, lookFor: () => look },
        { signal: new AbortController().signal, pauseMs: 1, graceMs: 10, ...options },
      ),
  };
}

describe('audit', () => {
  it('reports what it sees twice, with the remedy for this very server', async () => {
    const { findings, notRead, hosts, servers } = await cloud({
      compute1: [{ violations: [violation()] }],
    }).audit();
    expect(findings).toMatchObject([
      {
        id: 'I6',
        transience: 'stuck',
        confidence: 'certain',
        remedy: `openstack server reboot --hard ${server}`,
        links: expect.arrayContaining([expect.stringContaining('nova/virt/libvirt/driver.py')]) as string[],
        layers: [
          { layer: 'expected', says: 'CPU 2' },
          { layer: 'found', says: 'CPU 5' },
        ],
      },
    ]);
    expect([notRead, hosts, servers]).toEqual([[], 1, 1]);
  });

  it('reports nothing that has passed at the next look', async () => {
    const one = cloud({
      compute1: [{ violations: [violation(), violation({ id: 'I11', transient: true })] }, {}],
    });
    expect(await one.audit()).toMatchObject({ findings: [], notRead: [] });
    expect(one.tasks).toHaveLength(2);
  });

  it('waits for the periodic task before it reports what may pass', async () => {
    const one = cloud({ compute1: [{ violations: [violation({ id: 'I11', transient: true })] }] });
    const { findings } = await one.audit();
    expect(findings).toMatchObject([{ id: 'I11', transience: 'transient' }]);
    const [{ firstSeen, lastSeen }] = findings as [(typeof findings)[0]];
    expect(Date.parse(lastSeen) - Date.parse(firstSeen)).toBeGreaterThanOrEqual(20);
    expect(one.tasks.length).toBeGreaterThanOrEqual(3);
  });

  it('says of what is never twice the same that it could not be told', async () => {
    const looks = Array.from({ length: 20 }, (_, index) => ({
      violations: [violation({ found: `CPU ${index}` })],
    }));
    expect(await cloud({ compute1: looks }).audit()).toMatchObject({
      findings: [],
      notRead: [{ host: 'compute1', missing: 'a state that lasts', servers: ['vm1'], invariants: ['I6'] }],
    });
  });

  it('says of what Nova may still put right that it could not be told, and finds it when that time is over', async () => {
    const power = violation({ id: 'I1', transient: true, settlesWithinS: 0.3, point: 'power_state' });
    const memory = new Map();
    const one = cloud({ compute1: [{ violations: [power] }] });
    const options = { memory, patienceMs: 100 };
    const first = await one.audit(options);
    expect(first.findings).toEqual([]);
    expect(first.notRead).toEqual([
      {
        host: 'compute1',
        missing: 'a state that lasts',
        servers: ['vm1'],
        invariants: ['I1'],
        why: [expect.stringContaining('Nova itself may put that right within 0.3 s: look again then')],
      },
    ]);
    expect(one.tasks).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { findings, notRead } = await one.audit(options);
    expect([findings.map(({ id }) => id), notRead]).toEqual([['I1'], []]);
  });

  it('never takes what was not read for clean, and says why', async () => {
    const unchecked: Unchecked[] = [
      { id: 'I5', subject, missing: 'its domain XML' },
      { id: 'I6', subject, missing: 'its domain XML' },
      { id: 'I9', subject: undefined, missing: 'any server' },
    ];
    const { notRead } = await cloud({
      compute1: [{ unchecked, troubles: ['connect to compute1: refused'] }],
    }).audit();
    expect(notRead).toEqual([
      {
        host: 'compute1',
        missing: 'its domain XML',
        servers: ['vm1'],
        invariants: ['I5', 'I6'],
        why: ['connect to compute1: refused'],
      },
    ]);
  });

  it('looks again where something was missing without a reason', async () => {
    const unchecked: Unchecked[] = [{ id: 'I5', subject, missing: 'its domain XML' }];
    expect((await cloud({ compute1: [{ unchecked }, {}] }).audit()).notRead).toEqual([]);
    // Of a host without servers nothing is missing.
    const empty = cloud({
      compute1: [{ unchecked: [{ id: 'I5', subject: undefined, missing: 'any server' }] }],
    });
    expect((await empty.audit()).notRead).toEqual([]);
    expect(empty.tasks).toHaveLength(1);
  });

  it('looks at a few hosts at the same time, and tells how far it is', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `c${index}`);
    const many = cloud(Object.fromEntries(names.map((name) => [name, [{}]])), 'c0');
    const told: AuditProgress[] = [];
    const { hosts } = await many.audit({ parallel: 3, onProgress: (progress) => told.push(progress) });
    expect([hosts, many.most()]).toEqual([20, 3]);
    expect(told[0]).toEqual({ hosts: 20, looked: 0, done: 0, waiting: 0 });
    expect(told.at(-1)).toEqual({ hosts: 20, looked: 20, done: 20, waiting: 0 });
  });

  it('looks only at the hosts, servers and invariants that are asked for', async () => {
    const other = violation({ subject: { ...subject, id: 'other', name: 'vm2' } });
    const host = violation({
      id: 'I27',
      subject: { kind: 'host', id: 'compute1', name: 'compute1', host: 'compute1' },
      point: `device of ${server}`,
    });
    const one = cloud({ compute1: [{ violations: [violation(), other, host] }], compute2: [{}] });
    const { findings } = await one.audit({ servers: [server], invariants: ['I6', 'I27'] });
    expect(findings.map(({ id, subject: { name } }) => `${id} ${name}`)).toEqual(['I6 vm1', 'I27 compute1']);
    expect(new Set(one.tasks.map(({ host: name }) => name))).toEqual(new Set(['compute1']));
    expect(one.tasks[0]?.invariants.map(({ id }) => id)).toEqual(['I6', 'I27']);
  });

  it('looks at servers on a host that has no nova-compute any more', async () => {
    const of = async (options: Partial<AuditOptions>) => {
      const one = cloud({ compute1: [{}], compute2: [{}] }, 'gone');
      await one.audit(options);
      return one.tasks.map(({ host }) => host);
    };
    expect(await of({})).toEqual(['compute1', 'compute2', 'gone']);
    expect(await of({ servers: [server] })).toEqual(['gone']);
    expect(await of({ hosts: ['compute2'] })).toEqual(['compute2']);
    expect(await of({ hosts: ['gone'] })).toEqual(['gone']);
  });

  it('says of a server on no host that it was not looked at', async () => {
    const { hosts, notRead } = await cloud({ compute1: [{}] }, null).audit({
      servers: [server],
      invariants: ['I6'],
    });
    expect([hosts, notRead]).toEqual([
      0,
      [
        {
          host: undefined,
          missing: 'a host to look at',
          servers: ['vm1'],
          invariants: ['I6'],
          why: ['it is on no host: its vm_state is shelved_offloaded'],
        },
      ],
    ]);
  });

  it('says of a server on another host than those asked for that it was not looked at', async () => {
    const one = cloud({ compute1: [{}], compute2: [{}] }, 'compute1');
    const { notRead } = await one.audit({ hosts: ['compute2'], servers: [server], invariants: ['I6'] });
    expect(one.tasks).toEqual([]);
    expect(notRead).toMatchObject([
      {
        host: 'compute1',
        servers: ['vm1'],
        invariants: ['I6'],
        why: ['it is on compute1, which is none of the hosts that were asked for'],
      },
    ]);
  });

  it('refuses hosts and servers that are not there', async () => {
    const one = cloud({ compute1: [{}] });
    await expect(one.audit({ hosts: ['compute9'] })).rejects.toMatchObject({
      code: 'WB_AUDIT_UNKNOWN_HOST',
      observed: expect.stringContaining('there are compute1') as string,
    });
    await expect(one.audit({ servers: ['nobody'] })).rejects.toMatchObject({
      code: 'WB_AUDIT_UNKNOWN_SERVER',
    });
    expect(one.tasks).toEqual([]);
  });

  it('ends at once when it is given up', async () => {
    const stop = new AbortController();
    const one = cloud({ compute1: [{ violations: [violation()] }] });
    const ended = one.audit({ signal: stop.signal, pauseMs: 60_000 });
    setTimeout(() => {
      stop.abort(new Error('enough'));
    }, 20);
    await expect(ended).rejects.toThrow('enough');
  });
});
