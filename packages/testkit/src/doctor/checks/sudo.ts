import { after, ok, warning, wrong, type Check } from '../check.js';
import { onEachHost } from '../on-each-host.js';

const rule = 'Give the login user a rule in /etc/sudoers.d, as in "stack ALL=(ALL) NOPASSWD: ALL".';

export const sudo: Check = {
  code: 'WB_DOCTOR_SUDO',
  title: 'sudo without password',
  look: (site) =>
    onEachHost(site, async (host) => {
      const machine = await after('SSH there', host.login());
      const who = (await machine.exec(['id', '-un'], { timeoutMs: 20_000 })).stdout.trim();
      if (who === 'root') return [ok('root itself logs in', host.name)];
      const root = await host.root();
      await root.exec(['true'], { timeoutMs: 20_000 });
      const { stdout } = await machine.exec(['sudo', '-n', '-l'], {
        timeoutMs: 20_000,
        env: { LC_ALL: 'C' },
      });
      return [judge(who, stdout, host.name)];
    }),
};

/** @param listed what `sudo -l` prints, as sudo(8) has it */
export function judge(who: string, listed: string, host: string): ReturnType<typeof ok> {
  const rules = listed
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('('));
  const shown = rules.join('; ');
  if (rules.some((line) => /NOPASSWD:(?: \w+:)* ALL$/.test(line))) return ok(`${who}: ${shown}`, host);
  if (rules.some((line) => line.includes('NOPASSWD:'))) {
    return warning(
      `${who} may only: ${shown}`,
      `What is not listed fails when a case comes to it; Whitebox runs programs through /bin/sh. ${rule}`,
      host,
    );
  }
  return rules.length === 0
    ? warning(`${who}: root works, but "sudo -l" lists no rule`, rule, host)
    : wrong(`${who}: ${shown}`, `A password is asked for. ${rule}`, host);
}
