import { deliverUserFiles, devstackUserFiles } from './deployments/devstack-files.js';
import type { LabDescription } from './description.js';
import { readHostFacts } from './host-facts.js';
import { isCompute } from './lab-hosts.js';
import { cloudsYaml, openrc } from './access-files.js';
import { describeLab } from './describe-lab.js';
import { nodesYaml } from './nodes-yaml.js';
import type { OutputContext } from './output-context.js';
import { tempestConf } from './tempest-conf.js';
import { writeAtomically } from './state.js';

/** Everything that users of the lab need to know, and what it is made of as its hosts show it. */
export async function writeOutputs(
  context: OutputContext,
  images: readonly string[],
  signal: AbortSignal | undefined,
): Promise<LabDescription> {
  const { paths, secrets, hosts } = context;
  const [image = '', imageAlt = image] = images;
  const facts = new Map(
    await Promise.all(
      hosts
        .filter(isCompute)
        .map(async ({ name }) => [name, await readHostFacts(paths, name, signal)] as const),
    ),
  );
  await writeAtomically(paths.databasePassword, secrets.database.whitebox);
  await writeAtomically(paths.databaseAdminPassword, secrets.database.root);
  await writeAtomically(paths.openrc, openrc(context));
  await writeAtomically(paths.cloudsYaml, cloudsYaml(context));
  await writeAtomically(paths.nodesYaml, nodesYaml(context, facts), 0o644);
  await writeAtomically(paths.tempestConf, tempestConf(context, facts, [image, imageAlt]));
  if (hosts.some(({ deployment }) => deployment === 'devstack')) {
    await deliverUserFiles(context, devstackUserFiles(context, facts, [image, imageAlt]), signal);
  }
  const lab = describeLab(context, facts);
  await writeAtomically(paths.description, `${JSON.stringify(lab, undefined, 2)}\n`, 0o644);
  return lab;
}
