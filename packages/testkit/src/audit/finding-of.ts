import { invariants } from '@whitebox/invariants';
import type { Suspicion } from './confirm.js';
import type { AuditFinding } from './results.js';

/** All that is told of a violation. */
export function findingOf({ violation, first, last }: Suspicion): AuditFinding {
  const { id, subject, point, expected, found, layers, text, transient, knownBug } = violation;
  const rule = invariants.find((invariant) => invariant.id === id);
  return {
    id,
    statement: rule?.statement ?? '',
    subject,
    point,
    expected,
    found,
    layers:
      layers.length > 0
        ? layers
        : [
            { layer: 'expected', says: expected },
            { layer: 'found', says: found },
          ],
    text,
    transience: transient ? 'transient' : 'stuck',
    confidence: rule?.confidence ?? 'certain',
    knownBug,
    remedy: named(rule?.remedy ?? '', violation.subject),
    links: rule?.links ?? [],
    firstSeen: first.toISOString(),
    lastSeen: last.toISOString(),
  };
}

/** The command with the names that are known. */
function named(remedy: string, { kind, id, host }: Suspicion['violation']['subject']): string {
  const server = kind === 'server' ? id : undefined;
  return remedy.replaceAll(/\bSERVER\b/g, server ?? 'SERVER').replaceAll(/\bHOST\b/g, host ?? 'HOST');
}
