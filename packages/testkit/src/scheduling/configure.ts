import { Cloud, type CloudOptions } from '../cloud.js';
import { TestkitError } from '../errors.js';
import type { CaseOptions } from '../run-case.js';
import type { KeptConfigurations } from './kept-configuration.js';

/**
 * The same for cases that want the same configuration; undefined: what the cloud has.
 *
 * @throws TestkitError `WB_TESTKIT_CLAIM` for a case that changes the whole cloud and claims only a part of it
 */
export function configurationKey({ configuration, claim }: CaseOptions): string | undefined {
  if (configuration === undefined) return undefined;
  if (claim === undefined) return JSON.stringify([configuration.api ?? [], configuration.computes ?? []]);
  throw new TestkitError({
    code: 'WB_TESTKIT_CLAIM',
    action: 'see which configuration the case wants',
    observed: 'it has a claim, and its configuration is that of the whole cloud',
    advice: 'Leave out the claim, or configure hosts of its own in its body: cloud.configureComputes().',
  });
}

/** Sets what the case runs with, or says that it is as the case before left it. */
export async function configure(
  options: CloudOptions,
  { configuration, claim }: CaseOptions,
  configurations: KeptConfigurations,
): Promise<void> {
  const key = configurationKey({ configuration, claim });
  if (key === undefined) return;
  const { api = [], computes = [] } = configuration ?? {};
  const how = await configurations.enter(key, async (cleanup) => {
    // A case that has ended cannot say any more that its configuration is given back.
    const cloud = new Cloud({ ...options, cleanup, step: saying(options) });
    if (api.length > 0) await cloud.configureApi(api);
    if (computes.length > 0) await cloud.configureComputes(computes);
  });
  if (how === 'made') return;
  const what = [...api, ...computes].map(({ section, option }) => `[${section}] ${option}`);
  await options.step(`leave ${what.join(', ')} as the case before has set it`);
}

/** Says steps as long as the case runs. */
function saying({ step, cleanup }: CloudOptions): CloudOptions['step'] {
  return async (text, kind) => {
    if (!cleanup.closed) await step(text, kind);
  };
}
