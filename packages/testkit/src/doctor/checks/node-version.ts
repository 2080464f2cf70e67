import { ok, wrong, type Check } from '../check.js';

/** `engines` of every package.json. */
const oldest = [20, 19] as const;

export const nodeVersion: Check = {
  code: 'WB_DOCTOR_NODE',
  title: 'Node.js of this machine',
  look: ({ here }) => {
    const [major = 0, minor = 0] = here.nodeVersion.replace(/^v/, '').split('.').map(Number);
    const enough = major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
    const found = here.nodeVersion.replace(/^v?/, 'Node.js ');
    return Promise.resolve([
      enough ? ok(found) : wrong(found, `Install Node.js ${oldest.join('.')} or newer.`),
    ]);
  },
};
