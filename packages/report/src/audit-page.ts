import type { HostPicture, ReportAudit, ReportFinding, ReportNotRead } from './audit-model.js';
import { markup, type Content, type Html } from './html.js';
import { page } from './page.js';
import { drawHost } from './pictures/draw-host.js';
import { pictureStyles } from './pictures/styles.js';
import { pageStyles } from './styles/page-styles.js';
import { caseStyles } from './styles/case-styles.js';

const auditStyles = `
.finding { border-top: 1px solid; padding: 0.5rem 0 1rem; }
.finding table, .unread table { border-collapse: collapse; }
.finding th, .finding td, .unread th, .unread td { text-align: left; vertical-align: top; padding: 0.15rem 1rem 0.15rem 0; }
.finding code { overflow-wrap: anywhere; }
`;

/** An audit as one HTML file, which loads nothing from anywhere; with a picture of each host that is given. */
export function auditHtml(audit: ReportAudit, pictures: readonly HostPicture[] = []): string {
  const title = headline(audit);
  return page({
    title: `${title} · Whitebox audit`,
    styles: pageStyles + caseStyles + pictureStyles + auditStyles,
    script: '',
    body: markup`<main>
      <h1>${title}</h1>
      <p>${audit.started}: ${audit.hosts} hosts, ${audit.servers} servers, ${audit.invariants.length} invariants, ${(audit.durationMs / 1000).toFixed(1)} s. Nova ${audit.nova}.</p>
      ${findings(audit.findings, pictures)}
      ${unread(audit.notRead)}
    </main>
    <footer>Made by whitebox audit, which only looks. Times are UTC.</footer>`,
  });
}

function headline({ findings: found, notRead }: ReportAudit): string {
  if (found.length > 0) return found.length === 1 ? '1 finding' : `${found.length} findings`;
  return notRead.length > 0 ? 'Nothing found in what was read' : 'Everything holds';
}

function findings(all: readonly ReportFinding[], pictures: readonly HostPicture[]): Content {
  const hosts = [...new Set(all.map(({ subject }) => subject.host ?? 'no host'))].sort();
  return hosts.map((host) => {
    const picture = pictures.find(({ name }) => name === host);
    return markup`<section>
      <h2>${host}</h2>
      ${picture !== undefined && markup`<div class="wide" tabindex="0" role="group" aria-label="${host}">${drawHost(picture)}</div>`}
      ${all.filter(({ subject }) => (subject.host ?? 'no host') === host).map(findingOf)}
    </section>`;
  });
}

function findingOf(finding: ReportFinding): Html {
  const { id, subject, point, statement, expected, found, layers, confidence, transience, knownBug } =
    finding;
  const row = (name: string, text: Content): Html =>
    markup`<tr><th scope="row">${name}</th><td>${text}</td></tr>`;
  return markup`<article class="finding">
    <h3>${id}: ${subject.name}, ${point}</h3>
    <p>${statement}</p>
    <table><tbody>
      ${subject.kind === 'server' && row('server', markup`<code>${subject.id}</code>`)}
      ${row('expected', expected)}
      ${row('found', found)}
      ${layers.map(({ layer, says }) => row(layer, says))}
      ${row('certainty', `${confidence}; ${transience === 'stuck' ? 'stays until it is mended' : 'has not passed by itself'}`)}
      ${row('seen', `${finding.firstSeen} to ${finding.lastSeen}`)}
      ${knownBug !== undefined && row('known bug', knownBug)}
      ${row('to mend it', markup`<code>${finding.remedy}</code>`)}
      ${
        finding.links.length > 0 &&
        row(
          'see',
          finding.links.map((link) => markup`<a href="${link}">${link}</a> `),
        )
      }
    </tbody></table>
  </article>`;
}

function unread(notRead: readonly ReportNotRead[]): Content {
  if (notRead.length === 0) return undefined;
  return markup`<section class="unread">
    <h2>Not read, so nothing is said of it</h2>
    <table>
      <thead><tr><th scope="col">host</th><th scope="col">what</th><th scope="col">servers</th><th scope="col">not judged</th><th scope="col">why</th></tr></thead>
      <tbody>
        ${notRead.map(({ host, missing, servers, invariants, why }) => markup`<tr><td>${host ?? ''}</td><td>${missing}</td><td>${servers.join(', ')}</td><td>${invariants.join(', ')}</td><td>${why.join('; ')}</td></tr>`)}
      </tbody>
    </table>
  </section>`;
}
