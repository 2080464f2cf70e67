import type { Fault } from './fault.js';
import { otherHost } from './tools/server-of.js';
import { giveTrait } from './tools/give-trait.js';

/** The trait that a flavor requires, as the text of its boot has it. */
const required = /trait:(\w+)=required/;

export const providerYaml: readonly Fault[] = [
  {
    testName:
      'a trait of provider.yaml is on the root provider of its host alone, and guests that require it go there',
    what: 'the other host has the trait as well',
    layer: 'Placement',
    step: 'boot',
    nth: 4,
    break: async (step, session) => {
      await giveTrait(step, session, otherHost(step, session), required);
    },
    expects: /traits of \w+: expected \[ .*\] to deeply equal/s,
  },
  {
    testName: 'no guest starts whose flavor requires a trait that no host has',
    what: 'a host has it after all',
    layer: 'Placement',
    step: 'boot',
    before: true,
    break: async (step, session) => {
      const [host] = session.computes;
      if (host !== undefined) await giveTrait(step, session, host, required);
    },
    expects: /which must fail: it became ACTIVE/,
  },
];
