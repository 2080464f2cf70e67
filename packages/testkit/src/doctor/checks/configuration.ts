import { ok, warning, type Check } from '../check.js';

/** Unknown and mistyped names, bad values, files that are not there: the reading of the configuration tells them all. */
export const configuration: Check = {
  code: 'WB_DOCTOR_CONFIG',
  title: 'configuration files',
  look: async (site) => {
    const { files, notes } = await site.config();
    const read = files.length === 0 ? 'no file: defaults, and what is found in the cloud' : files.join(', ');
    return [
      ok(read),
      ...notes.map(({ message, file, line }) =>
        warning(
          file === undefined ? message : `${file}${line === undefined ? '' : `:${line}`}: ${message}`,
          'See docs/configuration.md.',
        ),
      ),
    ];
  },
};
