import { Redactor } from '@whitebox/core';
import { FakeHost } from '@whitebox/host/testing';
import { describe, expect, it } from 'vitest';
import { CaseRecorder, type NewActivity } from './case-recorder.js';
import { currentRecorder, recordedAsLook, recordedBy } from './current-recorder.js';
import { excerpt } from './log-excerpts.js';
import { recordRequest } from './record-request.js';
import { recordStatement } from './record-statement.js';
import { recordedHost } from './recorded-host.js';

const secret = 'tr0ub4dor&3';

function recorder(): CaseRecorder {
  const redactor = new Redactor();
  redactor.add(secret);
  return new CaseRecorder(redactor);
}

const command: NewActivity = {
  kind: 'command',
  where: 'root@compute1',
  what: 'virsh list',
  outcome: 'exit 0',
  failed: false,
  ms: 3,
  output: 'x',
};

describe('CaseRecorder', () => {
  it('tells to which step everything belongs, and what came after the last one', () => {
    const one = recorder();
    one.add(command);
    one.step();
    one.add(command);
    one.givingBack();
    one.add(command);
    expect(one.finish(true).activities.map(({ step }) => step)).toEqual([-1, 0, 1]);
  });

  it('makes one of the same several times in a step, with its last result', () => {
    const one = recorder();
    one.step();
    for (const outcome of ['BUILD', 'BUILD', 'ACTIVE']) one.add({ ...command, outcome });
    one.step();
    one.add(command);
    expect(one.finish(true).activities).toMatchObject([
      { times: 3, ms: 9, outcome: 'ACTIVE', step: 0 },
      { times: 1, ms: 3, step: 1 },
    ]);
  });

  it('keeps what was printed only of a case that failed', () => {
    const one = recorder();
    one.add(command);
    one.logs([{ title: 't', lines: ['l'], dropped: 0 }]);
    expect(one.finish(true)).toMatchObject({ activities: [{ output: 'x' }], logs: [{ lines: ['l'] }] });
    expect(one.finish(false).activities[0]?.output).toBeUndefined();
    expect(one.finish(false).logs).toEqual([]);
  });

  it('is bounded however much there is, and says how much was left out', () => {
    const one = recorder();
    for (let index = 0; index < 5000; index += 1)
      one.add({ ...command, what: `${index} ${'x'.repeat(5000)}`, output: 'y'.repeat(50_000) });
    one.watch('u1', 'vm1');
    for (let index = 0; index < 200; index += 1) {
      one.step();
      one.xml('compute1', `<domain><uuid>u1</uuid>${String(index).repeat(9000)}</domain>`);
    }
    const recording = one.finish(true);
    expect(recording.activities).toHaveLength(500);
    expect(recording.dropped).toBeGreaterThan(4500);
    expect(JSON.stringify(recording).length).toBeLessThan(1_200_000);
    expect(JSON.stringify(one.finish(false)).length).toBeLessThan(450_000);
  });

  it('keeps the XML of its own servers, live and inactive, where it has changed', () => {
    const one = recorder();
    one.watch('u1', 'vm1');
    const xml = (attributes: string, uuid: string, vcpus: number): string =>
      `<domain type='kvm'${attributes}>\n<uuid>${uuid}</uuid><vcpu>${vcpus}</vcpu></domain>\n`;
    one.step();
    one.xml('compute1', xml(" id='3'", 'u1', 1) + xml('', 'u1', 1) + xml(" id='4'", 'u2', 1));
    one.step();
    one.xml('compute1', xml(" id='3'", 'u1', 1) + xml('', 'u1', 1));
    one.step();
    one.xml('compute1', xml(" id='3'", 'u1', 2));
    const found = one
      .finish(false)
      .documents.map(({ title, versions }) => [title, versions.map(({ step }) => step)]);
    expect(found).toEqual([
      ['vm1: domain XML', [0, 2]],
      ['vm1: inactive XML', [0]],
    ]);
  });
});

describe('what is recorded', () => {
  it('is that of the case that does it, also where several are at work on the same machine', async () => {
    const machine = new FakeHost({ name: 'compute1' });
    machine.on('true', async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return '';
    });
    const host = recordedHost(machine);
    const work = async (name: string): Promise<readonly string[]> => {
      const one = recorder();
      await recordedBy(one, async () => {
        await host.exec(['true', name]);
        expect(currentRecorder()).toBe(one);
      });
      return one.finish(true).activities.map(({ what }) => what);
    };
    expect(await Promise.all([work('a'), work('b')])).toEqual([['true a'], ['true b']]);
    expect(currentRecorder()).toBeUndefined();
    await host.exec(['true']);
  });

  it('has a look at all layers as one', async () => {
    const machine = new FakeHost({ name: 'compute1' });
    machine.on('true', '');
    const one = recorder();
    await recordedBy(one, async () => {
      await recordedAsLook('vm1 on compute1', async () => {
        await recordedHost(machine).exec(['true']);
        await recordedHost(machine).exec(['true']);
        recordStatement({ database: 'nova', text: 'SELECT 1', values: [], rows: 1, milliseconds: 1 });
      });
      await recordedHost(machine).exec(['true']);
    });
    expect(one.finish(true).activities).toMatchObject([
      { kind: 'look', what: 'vm1 on compute1', outcome: '2 commands, 1 statements' },
      { kind: 'command', what: 'true' },
    ]);
  });

  it('is what a machine answers, and why it did not', async () => {
    const machine = new FakeHost({ name: 'compute1' });
    machine.on(['virsh', 'list'], () => 'a b');
    machine.on(['virsh', 'dominfo'], () => ({ exitCode: 1, stderr: 'error: no domain\nmore' }));
    const one = recorder();
    await recordedBy(one, async () => {
      const host = recordedHost(machine);
      await host.exec(['virsh', 'list']);
      await host.exec(['virsh', 'dominfo']);
      await expect(host.readFile('/nowhere')).rejects.toMatchObject({ code: 'WB_HOST_NO_FILE' });
    });
    expect(one.finish(true).activities).toMatchObject([
      { what: 'virsh list', outcome: 'exit 0', failed: false, output: 'a b' },
      { what: 'virsh dominfo', outcome: 'exit 1: error: no domain', failed: true },
      { what: 'read /nowhere', failed: true },
    ]);
  });

  it('has no secret of the cloud, wherever one stands, also where it is cut to size', async () => {
    const machine = new FakeHost({ name: 'compute1' });
    machine.on('virsh', () => `${'x'.repeat(3995)}${secret} and ${secret}`);
    machine.on('cat', () => 'memcache_secret_key = unforeseen-1');
    const one = recorder();
    await recordedBy(one, async () => {
      const host = recordedHost(machine);
      await host.exec(['virsh', secret], { env: { TOKEN: 'unforeseen-2' }, stdin: 'unforeseen-3' });
      await host.exec(['virsh', 'secret-get-value', 'u']);
      await host.exec(['cat', '/etc/nova/nova.conf']);
      recordRequest({
        action: 'a',
        method: 'GET',
        url: `http://user:unforeseen-4@cloud:8774/v2.1?password=unforeseen-5&x=${encodeURIComponent(secret)}`,
        status: 200,
        requestId: 'req-1',
        startedAt: new Date(),
        milliseconds: 1,
        attempt: 1,
      });
      recordStatement({
        database: 'nova',
        text: `SELECT '${secret}'`,
        values: ['a text of 11 characters'],
        rows: 1,
        milliseconds: 1,
      });
    });
    one.watch('u1', 'vm1');
    one.xml('compute1', `<domain><uuid>u1</uuid><graphics passwd='unforeseen-6' x='${secret}'/></domain>`);
    one.logs(excerpt('log', [{ message: `ERROR mysql://nova:unforeseen-7@db and ${secret}` }], []));
    const text = JSON.stringify(one.finish(true));
    expect(text).not.toMatch(/unforeseen/);
    expect(text).not.toContain(secret.slice(0, 5));
    expect(text).toContain('virsh secret-get-value u');
    expect(text).toContain('GET /v2.1');
  });
});

describe('excerpt', () => {
  it('has what is worse than a notice, and what names a server or a request of the case', () => {
    const lines = ['DEBUG a', 'WARNING b', 'INFO req-1 c', 'INFO req-2 d'].map((message) => ({ message }));
    expect(excerpt('t', lines, ['req-1'])).toEqual([
      { title: 't', lines: ['WARNING b', 'INFO req-1 c'], dropped: 2 },
    ]);
    expect(excerpt('t', lines.slice(0, 1), [])).toEqual([]);
  });
});
