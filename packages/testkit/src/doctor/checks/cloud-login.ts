import { ok, wrong, type Check } from '../check.js';

export const cloudLogin: Check = {
  code: 'WB_DOCTOR_LOGIN',
  title: 'login to Keystone',
  look: async (site) => {
    const { token, keystone } = await site.api();
    const { userName, projectName, roles } = token;
    const who = `${userName}${projectName === null ? '' : ` of project ${projectName}`} at ${keystone}`;
    const found = `${who}; roles: ${roles.join(', ') || 'none'}`;
    if (roles.includes('admin')) return [ok(found)];
    return [
      wrong(
        found,
        'Cases move servers between hosts and read whose they are: give this user the role admin, or name another one.',
      ),
    ];
  },
};
