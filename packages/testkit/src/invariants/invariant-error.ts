import { invariants, type Violation } from '@whitebox/invariants';
import { alignRows } from '../align-rows.js';
import { TestkitError } from '../errors.js';

/** A violation, and the step of the case after which it was seen first. */
export interface Seen {
  readonly violation: Violation;
  readonly step: string;
}

/** Something that must always hold does not: `WB_TESTKIT_INVARIANT`. */
export class InvariantError extends TestkitError {
  readonly seen: readonly Seen[];

  constructor(seen: readonly Seen[], waited: string) {
    const [first] = seen;
    const where = first === undefined ? '' : first.step;
    super({
      code: 'WB_TESTKIT_INVARIANT',
      action: `check the invariants after "${where}"`,
      host: first?.violation.subject.host,
      observed: `${waited}\n${seen.map(describe).join('\n')}`,
      advice:
        'The case itself has not noticed it. Either Nova has left the cloud like that, which is a bug of Nova, or something else did; the source of each rule is in the README of @whitebox/invariants.',
    });
    this.seen = seen;
  }
}

function describe({ violation: { id, text, layers }, step }: Seen): string {
  const rule = invariants.find((invariant) => invariant.id === id);
  const table = alignRows([['', 'says'], ...layers.map(({ layer, says }) => [layer, says])]).replaceAll(
    /^/gm,
    '    ',
  );
  const said = layers.length === 0 ? '' : `\n${table}`;
  return `  ${text}\n    ${id}: ${rule?.statement ?? ''} (${rule?.source ?? ''}); seen after "${step}"${said}`;
}
