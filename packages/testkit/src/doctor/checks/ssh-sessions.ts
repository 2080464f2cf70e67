import { after, ok, unknown, warning, type Check } from '../check.js';
import { onEachHost } from '../on-each-host.js';

/** OpenSSH's own default; what Whitebox needs for eight programs, a transfer of files and the ending of a program. */
const enough = 10;

/** `MaxSessions` and `AllowTcpForwarding` of sshd, as it tells them itself (`sshd -T` of sshd(8)). */
export const sshSessions: Check = {
  code: 'WB_DOCTOR_SSH_SESSIONS',
  title: 'sessions on one SSH connection',
  look: (site) =>
    onEachHost(site, async (host) => {
      const machine = await after('sudo there', host.root());
      const { exitCode, stdout, stderr } = await machine.exec(['/usr/sbin/sshd', '-T'], {
        timeoutMs: 20_000,
      });
      const value = (name: string): string | undefined =>
        new RegExp(`^${name} (.*)$`, 'im').exec(stdout)?.[1];
      const sessions = Number(value('maxsessions'));
      if (exitCode !== 0 || Number.isNaN(sessions)) {
        return [unknown(`"sshd -T" says ${stderr.trim() || 'nothing of it'}`, undefined, host.name)];
      }
      const forwarding = value('allowtcpforwarding');
      return [
        sessions >= enough
          ? ok(`MaxSessions ${sessions}`, host.name)
          : warning(
              `MaxSessions ${sessions}`,
              `Whitebox makes more connections instead, which is slower: set MaxSessions ${enough} in sshd_config.`,
              host.name,
            ),
        ...(forwarding === 'no' || forwarding === 'remote'
          ? [
              warning(
                `AllowTcpForwarding ${forwarding}`,
                'No database can be reached through this host, and it can be no jump host.',
                host.name,
              ),
            ]
          : []),
      ];
    }),
};
