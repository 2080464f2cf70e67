import { describeHostChanges, readHostChanges } from '@whitebox/services';
import { ok, unknown, warning, wrong, type Check, type Finding } from '../check.js';
import { findingsOfError } from '../findings-of-error.js';
import type { Site } from '../site.js';

/** Records of this machine, records on the hosts, and resources that are named as a run names them. */
export const leftovers: Check = {
  code: 'WB_DOCTOR_LEFTOVERS',
  title: 'leftovers of earlier runs',
  look: async (site, signal) => {
    const each = await Promise.all([recorded(site), changed(site), named(site, signal)]);
    const found = each.flat();
    return found.length > 0 ? found : [ok('none: no record here, none on the hosts, no resource named wb-')];
  },
};

async function recorded({ here }: Site): Promise<readonly Finding[]> {
  return (await here.openRuns()).map(({ runId, started, directory }) =>
    wrong(
      `run ${runId} of ${started} was killed (${directory})`,
      'Give back what it made: whitebox recover; "whitebox recover --dry-run" only lists it.',
    ),
  );
}

async function changed(site: Site): Promise<readonly Finding[]> {
  try {
    const known = await site.hosts();
    const roots = await Promise.allSettled(known.map(({ root }) => root()));
    const reached = roots.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const missed = known.filter((_, index) => roots[index]?.status === 'rejected').map(({ name }) => name);
    const lines = await describeHostChanges(await readHostChanges(reached));
    return [
      ...lines.map((line) =>
        wrong(
          line,
          'Unless that run is still at work: whitebox recover there, or whitebox recover --all-hosts.',
        ),
      ),
      ...missed.map((name) => unknown('not looked at, as sudo there does not work', undefined, name)),
    ];
  } catch (error) {
    return findingsOfError(error);
  }
}

async function named(site: Site, signal: AbortSignal): Promise<readonly Finding[]> {
  const api = await site.api().catch(() => undefined);
  if (api === undefined)
    return [unknown('resources are not looked at, as the login to Keystone does not work')];
  const names = await api.namedAsOurs(signal);
  if (names.length === 0) return [];
  return [
    warning(
      `${names.length} resources are named as a run names them: ${names.join(', ')}`,
      'Where no run is at work, whitebox recover on the machine that ran it; else delete them by hand.',
    ),
  ];
}
