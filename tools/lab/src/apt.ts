import { run } from './exec.js';
import type { Distribution } from './distribution.js';

/** A repository that the machine's apt knows. */
export interface AptSource {
  readonly uri: string;
  readonly release: string;
  readonly component: string;
  readonly signedBy: string;
  readonly trusted: boolean;
}

const format = ['REPO_URI', 'RELEASE', 'COMPONENT', 'SIGNED_BY', 'TRUSTED']
  .map((name) => `$(${name})`)
  .join('\t');

export function parseIndexTargets(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const [uri = '', release = '', component = '', signedBy = '', trusted = ''] = line.split('\t');
    return uri === '' ? [] : [{ uri, release, component, signedBy, trusted: trusted === 'yes' }];
  });
}

export async function aptSources(): Promise<AptSource[]> {
  return parseIndexTargets(
    await run(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages'], { timeoutMs: 30_000 }),
  );
}

/** Lines of a sources.list for the release and its updates; empty when the machine's apt does not know the release. */
export function sourceLines(sources: readonly AptSource[], distribution: Distribution): string[] {
  const lines = [distribution.suite, ...distribution.updates].flatMap((release) => {
    const source = sources.find(
      (each) => each.release === release && each.component === distribution.component,
    );
    if (source === undefined) return [];
    const options = [
      // A key written out in the file itself cannot be said in one line; the distribution's keys are found without.
      source.signedBy.startsWith('/') ? `signed-by=${source.signedBy}` : undefined,
      source.trusted ? 'trusted=yes' : undefined,
    ].filter((option) => option !== undefined);
    const bracket = options.length === 0 ? '' : `[${options.join(' ')}] `;
    return [`deb ${bracket}${source.uri} ${release} ${distribution.component}`];
  });
  return sources.some(({ release }) => release === distribution.suite) ? lines : [];
}

/** The machine's proxy settings, for the apt inside of the root filesystem. */
export async function aptProxyOptions(): Promise<string[]> {
  const dump = await run(['apt-config', 'dump'], { timeoutMs: 30_000 });
  return dump
    .split('\n')
    .filter((line) => /^Acquire::(http|https|ftp)::(Proxy|Verify-Peer|CaInfo)\b/i.test(line));
}
