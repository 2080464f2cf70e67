import { listInvariants } from '@whitebox/testkit';

/** Whether there is one of that name: "I6". */
export function isInvariant(id: string): boolean {
  return listInvariants().some((one) => one.id === id);
}

/** `whitebox audit --list` */
export function invariantsText(): string {
  const lines = listInvariants().map(({ id, statement, reads, transience, confidence, remedy, knownBugs }) =>
    [
      `${id.padEnd(4)} ${statement}`,
      `     reads ${reads.join(', ')}; ${passes[transience]}; ${confidence}`,
      ...knownBugs.map((bug) => `     known bug ${bug}`),
      `     remedy: ${remedy}`,
    ].join('\n'),
  );
  return `${lines.join('\n')}\n`;
}

export const passes: Readonly<Record<'transient' | 'stuck', string>> = {
  transient: 'may pass by itself, so it is looked at again',
  stuck: 'stays until somebody mends it',
};
