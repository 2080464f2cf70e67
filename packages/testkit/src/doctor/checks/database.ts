import { NotLooked, ok, unknown, warning, wrong, type Check, type Finding } from '../check.js';
import { findingsOfError } from '../findings-of-error.js';
import type { Site, SiteDatabase } from '../site.js';

/** Rights with which nothing can be changed (GRANT of MySQL and MariaDB); USAGE is none. */
const harmless = /^(?:USAGE|SELECT|SHOW VIEW|SHOW DATABASES|PROCESS|REPLICATION CLIENT|BINLOG MONITOR)$/;

export const database: Check = {
  code: 'WB_DOCTOR_DATABASE',
  title: "Nova's databases",
  look: async (site) => {
    const { account, place, grants, cells } = await opened(site);
    const findings: Finding[] = [ok(`${account}, from ${place}`)];
    for (const { name, problem } of await cells()) {
      if (problem === undefined) findings.push(ok(`cell ${name} can be read`));
      else
        findings.push(
          ...findingsOfError(problem).map((one) => ({ ...one, found: `cell ${name}: ${one.found}` })),
        );
    }
    try {
      findings.push(judgeGrants(await grants()));
    } catch (error) {
      findings.push(unknown(`its rights: ${error instanceof Error ? error.message : String(error)}`));
    }
    return findings;
  },
};

/** Where nothing says which database it is, it takes the API to find it: what is wrong with the login is told there. */
async function opened(site: Site): Promise<SiteDatabase> {
  try {
    return await site.database();
  } catch (error) {
    if (!(error instanceof Error) || error.message !== (await loginTrouble(site))) throw error;
    throw new NotLooked('not looked at, as the login to Keystone does not work');
  }
}

async function loginTrouble(site: Site): Promise<string | undefined> {
  return site.api().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

/** @param grants lines of SHOW GRANTS */
export function judgeGrants(grants: readonly string[]): Finding {
  const rights = grants.flatMap((grant) => {
    const [, list = '', on = ''] = /^GRANT (.+?) ON (\S+) TO /i.exec(grant) ?? [];
    // Columns in parentheses have commas of their own.
    const each = list.replaceAll(/\([^)]*\)/g, '').split(',');
    return each.flatMap((right) => (right.trim() === '' ? [] : [{ right: right.trim().toUpperCase(), on }]));
  });
  const more = rights.filter(({ right }) => !harmless.test(right));
  const reads = rights.some(({ right }) => /^(?:SELECT|ALL)/.test(right));
  if (!reads && !grants.some((grant) => / TO .*ROLE|^GRANT [`'"]/i.test(grant))) {
    return wrong('it may read nothing', "GRANT SELECT on Nova's databases: nova_api and that of each cell.");
  }
  if (more.length === 0) return ok('it may only read');
  const listed = more.map(({ right, on }) => `${right} on ${on}`).join(', ');
  return warning(
    `it may do more than read: ${listed}`,
    'Whitebox only reads: an account with SELECT alone in [whitebox-database] is enough.',
  );
}
