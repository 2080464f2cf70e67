import { createHash } from 'node:crypto';

/** The namespace of names that are URLs (RFC 9562, 6.6). */
const urls = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');

/**
 * The id of a case in the form of Tempest's ids, which is what stestr, subunit2html and the regexes of job definitions work on:
 * `whitebox_nova_nfv_suite.cpu_policy.two_guests_share_none[id-0c1d...]`.
 *
 * It is derived from the suite, the file and the sentence, so it stays as long as these do; the part in brackets, where Tempest has
 * its idempotent id, is a UUID made of the same, and tells apart sentences that differ only in their punctuation.
 *
 * @param suite "@whitebox/nova-nfv-suite"
 * @param id "@whitebox/nova-nfv-suite/cpu-policy > two guests share none"
 */
export function testIdOf(suite: string, id: string): string {
  const [file = '', ...name] = id.slice(suite.length + 1).split(' > ');
  const words = [suite, file, name.join(' ')].map(identifier);
  return `${words.join('.')}[id-${uuidOf(id)}]`;
}

/** The id without its brackets. */
export function withoutBrackets(testId: string): string {
  return testId.replace(/\[[^\]]*\]$/, '');
}

function identifier(text: string): string {
  return text.replaceAll(/\W+/g, '_').replaceAll(/^_+|_+$/g, '');
}

/** A UUID of version 5 (RFC 9562, 5.5) of "whitebox:<id>": the same from run to run. */
function uuidOf(text: string): string {
  const hash = createHash('sha1').update(urls).update(`whitebox:${text}`).digest().subarray(0, 16);
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
