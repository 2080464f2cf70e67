import type { AuditFinding, AuditResults } from '@whitebox/testkit';
import { describe, expect, it } from 'vitest';
import { auditExitCode } from './audit-command.js';
import { invariantsText, isInvariant } from './audit-list.js';
import { AuditProgressLine } from './audit-progress.js';
import { auditText } from './audit-text.js';

const finding: AuditFinding = {
  id: 'I6',
  statement: 'each dedicated vCPU is pinned where the database says',
  subject: { kind: 'server', id: 'u-1', name: 'vm1', host: 'compute1' },
  point: 'vCPU 0',
  expected: 'CPU 2 (database)',
  found: '5 (domain XML)',
  layers: [
    { layer: 'instance_extra', says: '2' },
    { layer: 'domain XML', says: '5' },
  ],
  text: 'I6 vm1 on compute1: vCPU 0: expected CPU 2 (database), found 5 (domain XML)',
  transience: 'stuck',
  confidence: 'certain',
  knownBug: undefined,
  remedy: 'openstack server reboot --hard u-1',
  links: ['https://example.test/driver.py'],
  firstSeen: '2026-11-23T09:00:00.000Z',
  lastSeen: '2026-11-23T09:00:03.000Z',
};

const clean: AuditResults = {
  started: '2026-11-23T09:00:00.000Z',
  durationMs: 4200,
  nova: 'zed (compute API 2.93)',
  hosts: 2,
  servers: 1,
  invariants: ['I1', 'I6'],
  judged: ['I6'],
  findings: [],
  notRead: [],
  sent: { command: 12, file: 1, connection: 2, statement: 30, request: 8 },
};

const unread = {
  host: 'compute2',
  missing: 'its domain XML',
  servers: ['vm1', 'vm2', 'vm3', 'vm4', 'vm5'],
  invariants: ['I5', 'I6'],
  why: ['connect to compute2: refused [WB_SSH_UNREACHABLE]'],
};

describe('the text of an audit', () => {
  it('says of a finding whom, what, what each layer says, how sure it is, and what mends it', () => {
    expect(auditText({ ...clean, findings: [finding] })).toBe(
      `I6  server vm1 (u-1) on compute1: vCPU 0
  should hold: each dedicated vCPU is pinned where the database says
  expected CPU 2 (database)
  found    5 (domain XML)
    instance_extra  2
    domain XML      5
  certain; stays until it is mended; seen at 2026-11-23T09:00:00.000Z and 2026-11-23T09:00:03.000Z
  to mend it: openstack server reboot --hard u-1
  https://example.test/driver.py

1 finding. 2 hosts, 1 server, 2 invariants (1 with something to look at) in 4.2 s; Nova zed (compute API 2.93). The cloud was asked 12 commands, 1 file, 30 statements, 8 requests.
`,
    );
  });

  it('never calls clean what was not read', () => {
    const text = auditText({
      ...clean,
      notRead: [unread, { ...unread, missing: 'its threads', invariants: ['I16'] }],
    });
    expect(text).toBe(`Not read, so nothing is said of it:
  compute2
    because: connect to compute2: refused [WB_SSH_UNREACHABLE]
    its domain XML of vm1, vm2, vm3 and 2 more: I5, I6 not judged
    its threads of vm1, vm2, vm3 and 2 more: I16 not judged

Nothing was found in what was read; not everything was read of 1 host. 2 hosts, 1 server, 2 invariants (1 with something to look at) in 4.2 s; Nova zed (compute API 2.93). The cloud was asked 12 commands, 1 file, 30 statements, 8 requests.
`);
    expect(auditText(clean)).toMatch(/^Everything holds\. 2 hosts/);
  });

  it('names the known bug', () => {
    const known = { ...finding, knownBug: 'lp#1869804, fixed by Nova 30' };
    expect(auditText({ ...clean, findings: [known] })).toContain(
      '  known bug lp#1869804, fixed by Nova 30\n',
    );
  });
});

it('the exit code tells clean, findings and what could not be told apart', () => {
  expect(auditExitCode(clean)).toBe(0);
  expect(auditExitCode({ findings: [finding], notRead: [unread] })).toBe(1);
  expect(auditExitCode({ findings: [], notRead: [unread] })).toBe(3);
});

describe('the list of invariants', () => {
  it('has I1 to I46 with what mends each', () => {
    const ids = [...invariantsText().matchAll(/^(I\d+) /gm)].map(([, id]) => id);
    expect(ids).toEqual(Array.from({ length: 46 }, (_, index) => `I${index + 1}`));
    expect(invariantsText().match(/^ {5}remedy: \S/gm)).toHaveLength(46);
  });

  it('knows what is none', () => {
    expect([isInvariant('I1'), isInvariant('I46'), isInvariant('I47'), isInvariant('i1')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('the progress of an audit', () => {
  const shown = (isTTY: boolean): string => {
    let text = '';
    const line = new AuditProgressLine({ isTTY, columns: 60, write: (piece) => (text += piece) });
    line.show({ hosts: 12, looked: 12, done: 11, waiting: 1 });
    line.clear();
    return text;
  };

  it('is a line on a terminal, no wider than that, and nothing in a pipe', () => {
    expect(shown(false)).toBe('');
    const [, line = ''] = shown(true).split('\r');
    expect(line).toBe('11 of 12 hosts judged, 12 read; looking again at 1, since w');
    expect(shown(true)).toMatch(/\r +\r$/);
  });
});
