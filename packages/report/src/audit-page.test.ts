import { describe, expect, it } from 'vitest';
import type { ReportAudit } from './audit-model.js';
import { auditHtml } from './audit-page.js';

const audit: ReportAudit = {
  started: '2026-11-23T09:00:00.000Z',
  durationMs: 4200,
  nova: 'zed',
  hosts: 2,
  servers: 1,
  invariants: ['I6'],
  findings: [
    {
      id: 'I6',
      statement: 'each dedicated vCPU is pinned where the database says',
      subject: { kind: 'server', id: 'u-1', name: '<script>vm1', host: 'compute1' },
      point: 'vCPU 0',
      expected: 'CPU 2',
      found: 'CPU 5',
      layers: [{ layer: 'domain XML', says: '5' }],
      transience: 'stuck',
      confidence: 'certain',
      knownBug: undefined,
      remedy: 'openstack server reboot --hard u-1',
      links: ['https://example.test/driver.py'],
      firstSeen: '2026-11-23T09:00:00.000Z',
      lastSeen: '2026-11-23T09:00:03.000Z',
    },
  ],
  notRead: [
    { host: 'compute2', missing: 'its threads', servers: ['vm2'], invariants: ['I16'], why: ['no route'] },
  ],
};

describe('the page of an audit', () => {
  it('has each finding with its evidence and remedy, escaped, and what was not read', () => {
    const html = auditHtml(audit);
    for (const text of [
      '1 finding',
      'I6: &lt;script&gt;vm1, vCPU 0',
      'domain XML',
      'reboot --hard u-1',
      'compute2',
      'no route',
    ])
      expect(html).toContain(text);
    expect(html).not.toContain('<script>vm1');
  });

  it('draws the hosts that are given', () => {
    const cells = [{ id: 0, socket: 0, cores: ['0', '1'], pages: [] }];
    const picture = { name: 'compute1', cells, dedicated: '0-1', shared: '', guests: [] };
    expect(auditHtml(audit, [picture])).toContain('class="host-picture"');
    expect(auditHtml(audit)).not.toContain('class="host-picture"');
  });

  it('says so when all holds, and when it could not be told', () => {
    expect(auditHtml({ ...audit, findings: [], notRead: [] })).toContain('<h1>Everything holds</h1>');
    expect(auditHtml({ ...audit, findings: [] })).toContain('<h1>Nothing found in what was read</h1>');
  });
});
