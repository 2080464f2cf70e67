import type { AuditFinding, AuditResults } from '@whitebox/testkit';
import { describe, expect, it } from 'vitest';
import { audit } from './audit-command.js';
import { AuditMetrics } from './audit-metrics.js';
import { watchAudit } from './audit-watch.js';
import { serveMetrics } from './metrics-server.js';

function finding(id: string, point: string, host = 'compute1'): AuditFinding {
  const subject = { kind: 'server', id: 'u-1', name: 'vm1', host } as const;
  return { id, point, subject, text: `${id} vm1: ${point}` } as AuditFinding;
}

function results(findings: readonly AuditFinding[], more: Partial<AuditResults> = {}): AuditResults {
  return {
    started: '2026-11-23T09:00:00.000Z',
    durationMs: 1500,
    nova: 'zed',
    hosts: 2,
    servers: 3,
    invariants: ['I1', 'I6'],
    judged: ['I1', 'I6'],
    findings,
    notRead: [],
    sent: { command: 12, file: 1, connection: 2, statement: 30, request: 8 },
    ...more,
  };
}

const unread = { host: 'compute1', missing: 'its domain XML', servers: [], invariants: ['I6'], why: [] };

/** Audits that tell this, one after the other; then it is told to stop. */
async function watch(rounds: readonly (AuditResults | Error)[]) {
  const stop = new AbortController();
  const said: string[] = [];
  const metrics = new AuditMetrics();
  let round = 0;
  const look = (): Promise<AuditResults> => {
    const one = rounds[round];
    round += 1;
    if (round === rounds.length) stop.abort();
    return one instanceof Error || one === undefined
      ? Promise.reject(one ?? new Error('over'))
      : Promise.resolve(one);
  };
  const last = await watchAudit({
    look,
    intervalMs: 1,
    signal: stop.signal,
    say: (line) => said.push(line.replace(/^\S+Z /, '')),
    metrics,
  });
  return { said, last, metrics, text: await metrics.text() };
}

describe('watchAudit', () => {
  it('says what is new and what is gone, each once', async () => {
    const vcpu = finding('I6', 'vCPU 0');
    const { said, last } = await watch([results([vcpu]), results([vcpu, finding('I1', 'x')]), results([])]);
    expect(said.filter((line) => /^(?:new|gone)/.test(line))).toEqual([
      'new: I6 vm1: vCPU 0',
      'new: I1 vm1: x',
      'gone: I6 vm1: vCPU 0',
      'gone: I1 vm1: x',
    ]);
    expect(said.at(-1)).toBe('2 hosts, 3 servers: 0 found, 0 not read, 1.5 s');
    expect(last.findings).toEqual([]);
  });

  it('does not take for gone what could not be looked at', async () => {
    const rounds = [
      results([finding('I6', 'vCPU 0')]),
      results([], { notRead: [unread] }),
      results([], { judged: ['I1'] }),
      results([finding('I6', 'vCPU 0')]),
    ];
    const { said } = await watch(rounds);
    expect(said.filter((line) => /^(?:new|gone)/.test(line))).toEqual(['new: I6 vm1: vCPU 0']);
  });

  it('goes on after a failure, unless it is the first', async () => {
    const { said, text } = await watch([results([]), new Error('no API'), results([])]);
    expect(said[1]).toBe('the audit failed: no API');
    expect(text).toContain('whitebox_audit_rounds_total{outcome="failed"} 1');
    expect(text).toContain('whitebox_audit_rounds_total{outcome="clean"} 2');
    await expect(watch([new Error('no API')])).rejects.toThrow('no API');
  });
});

describe('AuditMetrics', () => {
  it('counts findings by invariant and host, and forgets those of the audit before', async () => {
    const metrics = new AuditMetrics();
    metrics.take(results([finding('I1', 'x', 'compute9')]), 0);
    metrics.take(results([finding('I6', 'vCPU 0'), finding('I6', 'vCPU 1')], { notRead: [unread] }), 5000);
    const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('whitebox'));
    expect(lines).toEqual([
      'whitebox_audit_findings{invariant="I6",host="compute1"} 2',
      'whitebox_audit_findings{invariant="I1",host=""} 0',
      'whitebox_audit_judged{invariant="I1"} 1',
      'whitebox_audit_judged{invariant="I6"} 1',
      'whitebox_audit_not_read{host="compute1"} 1',
      'whitebox_audit_hosts 2',
      'whitebox_audit_servers 3',
      'whitebox_audit_duration_seconds 1.5',
      'whitebox_audit_last_end_timestamp_seconds 5',
      'whitebox_audit_rounds_total{outcome="findings"} 2',
    ]);
  });

  it('has no value for what was not judged', async () => {
    const metrics = new AuditMetrics();
    metrics.take(results([], { judged: ['I1'], notRead: [unread] }), 0);
    const text = await metrics.text();
    expect(text).not.toContain('whitebox_audit_findings{invariant="I6"');
    expect(text).toContain('whitebox_audit_judged{invariant="I6"} 0');
    expect(text).toContain('whitebox_audit_rounds_total{outcome="incomplete"} 1');
  });
});

describe('whitebox audit', () => {
  it.each([{ metrics: true }, { watch: 5, json: true }, { watch: 5, html: 'x.html' }] as const)(
    'refuses %j before it looks at anything',
    async (options) => {
      await expect(audit(options)).rejects.toMatchObject({ code: 'WB_RUN_USAGE' });
    },
  );
});

describe('serveMetrics', () => {
  it('answers on loopback, and for /metrics alone', async () => {
    const metrics = new AuditMetrics();
    metrics.take(results([]), 0);
    await using server = await serveMetrics('0', metrics);
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    const answer = await fetch(server.url);
    expect(answer.headers.get('content-type')).toContain('text/plain');
    expect(await answer.text()).toContain('whitebox_audit_hosts 2');
    expect((await fetch(server.url.replace('/metrics', '/'))).status).toBe(404);
    expect((await fetch(server.url, { method: 'POST' })).status).toBe(404);
    const taken = new URL(server.url).port;
    await expect(serveMetrics(taken, metrics)).rejects.toMatchObject({ code: 'WB_RUN_METRICS' });
  });

  it.each(['', 'x', '127.0.0.1', '127.0.0.1:99999'])('refuses "%s"', async (where) => {
    await expect(serveMetrics(where, new AuditMetrics())).rejects.toMatchObject({ code: 'WB_RUN_USAGE' });
  });
});
