import { after, ok, warning, type Check } from '../check.js';
import { showValue } from '../../discovery/option-finder.js';

/** What the configuration says against what is found. */
export const declared: Check = {
  code: 'WB_DOCTOR_DECLARED',
  title: 'configuration against the cloud',
  timeoutMs: 60_000,
  look: async (site) => {
    const connection = await after('opening everything that a run opens', site.connection());
    const options = await connection.options.all();
    const said = options.filter(({ kind }) => kind === 'said');
    const differing = said.filter(({ found }) => found !== undefined);
    const notes = new Set((await site.config()).notes.map(({ message }) => message));
    // What the reading of the files notes is said by the check of the files.
    const warnings = connection.warnings.filter((line) => ![...notes].some((note) => line.endsWith(note)));
    return [
      ok(
        `${said.length} options are said, ${options.filter(({ kind }) => kind === 'found').length} found in the cloud`,
      ),
      ...differing.map(({ group, key, value, origin, note }) =>
        warning(
          `[${group}] ${key} is ${showValue(value)} (${origin}), but ${note ?? ''}`,
          'What is said is taken. Correct it, or leave it out; whitebox discover --write FILE --replace does it.',
        ),
      ),
      ...warnings.map((line) => warning(line, 'Correct nodes.yaml or the host.')),
    ];
  },
};
