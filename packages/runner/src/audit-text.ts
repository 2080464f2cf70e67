import type { AuditFinding, AuditResults, NotRead } from '@whitebox/testkit';

/** The results of an audit for people. */
export function auditText(results: AuditResults): string {
  const { findings, notRead } = results;
  return [
    ...findings.map(findingText),
    ...(notRead.length === 0 ? [] : [notReadText(notRead)]),
    summaryOf(results),
    '',
  ].join('\n');
}

function findingText(finding: AuditFinding): string {
  const { id, subject, point, statement, layers, transience, confidence, knownBug, remedy, links } = finding;
  const server =
    subject.kind === 'server' ? `server ${subject.name} (${subject.id})` : `host ${subject.name}`;
  const where = subject.kind === 'server' ? ` on ${subject.host ?? 'no host'}` : '';
  const width = Math.max(...layers.map(({ layer }) => layer.length));
  const lasting = transience === 'stuck' ? 'stays until it is mended' : 'has not passed by itself';
  return [
    `${id}  ${server}${where}: ${point}`,
    `  should hold: ${statement}`,
    `  expected ${finding.expected}`,
    `  found    ${finding.found}`,
    ...layers.map(({ layer, says }) => `    ${layer.padEnd(width)}  ${says}`),
    `  ${confidence}; ${lasting}; seen at ${finding.firstSeen} and ${finding.lastSeen}`,
    ...(knownBug === undefined ? [] : [`  known bug ${knownBug}`]),
    `  to mend it: ${remedy}`,
    ...links.map((link) => `  ${link}`),
    '',
  ].join('\n');
}

function notReadText(notRead: readonly NotRead[]): string {
  const hosts = new Map<string, NotRead[]>();
  for (const one of notRead) {
    const name = one.host ?? 'the cloud';
    const known = hosts.get(name);
    if (known === undefined) hosts.set(name, [one]);
    else known.push(one);
  }
  const lines = [...hosts].flatMap(([host, all]) => [
    `  ${host}`,
    ...new Set(all.flatMap(({ why }) => why.map((sentence) => `    because: ${sentence}`))),
    ...all.map(({ missing, servers, invariants }) => {
      const of = servers.length === 0 ? '' : ` of ${some(servers)}`;
      return `    ${missing}${of}: ${invariants.join(', ')} not judged`;
    }),
  ]);
  return ['Not read, so nothing is said of it:', ...lines, ''].join('\n');
}

function some(names: readonly string[]): string {
  return names.length <= 3
    ? names.join(', ')
    : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

/** "2 findings; 12 hosts, 34 servers, 46 invariants in 31 s" */
function summaryOf({
  findings,
  notRead,
  hosts,
  servers,
  invariants,
  judged,
  durationMs,
  nova,
  sent,
}: AuditResults): string {
  const unread = new Set(notRead.map(({ host }) => host)).size;
  const result =
    findings.length > 0
      ? many(findings.length, 'finding')
      : unread > 0
        ? 'Nothing was found in what was read'
        : 'Everything holds';
  const left = unread === 0 ? '' : `; not everything was read of ${many(unread, 'host')}`;
  return (
    `${result}${left}. ${many(hosts, 'host')}, ${many(servers, 'server')}, ${many(invariants.length, 'invariant')} (${judged.length} with something to look at) ` +
    `in ${(durationMs / 1000).toFixed(1)} s; Nova ${nova}. ` +
    `The cloud was asked ${many(sent.command, 'command')}, ${many(sent.file, 'file')}, ${many(sent.statement, 'statement')}, ${many(sent.request, 'request')}.`
  );
}

function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
