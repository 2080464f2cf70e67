import { eventFormat, type RunEvent } from './run-event.js';

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>;
type OptionalKeys<Event> = {
  [Key in keyof Event]-?: undefined extends Event[Key] ? Key : never;
}[keyof Event];

/** What a field is, and what it means; whether it may be absent, and its name, are held to the types by the compiler. */
type Field<Event, Key extends keyof Event> =
  Key extends OptionalKeys<Event>
    ? readonly [type: string, meaning: string, optional: 'optional']
    : readonly [type: string, meaning: string];
type Fields<Type extends RunEvent['type']> = {
  readonly [Key in Exclude<keyof EventOf<Type>, 'type' | 'at'>]-?: Field<EventOf<Type>, Key>;
};
type Documented = {
  readonly [Type in RunEvent['type']]: { readonly text: string; readonly fields: Fields<Type> };
};

const name = {
  suite: ['string', 'the package that the case is of'],
  id: ['string', 'suite, file and sentence; the same from run to run'],
  testId: ['string', 'the same in the form of Tempest, as `whitebox list --ids` prints it'],
  name: ['string', 'the sentence that it checks'],
} as const;
const attempt = ['number', 'with `--repeat`: which of the attempts, counted from 1', 'optional'] as const;
const turn = [
  '{waitedMs, claim, own}',
  'with `--jobs`: milliseconds in the queue, which are no part of its time, what it claimed (`null`: the cloud alone), and which hosts it had to itself',
  'optional',
] as const;

export const documented: Documented = {
  'run-started': {
    text: 'The first line, once the cloud has answered. Where it does not, there is no line at all: standard error and the exit code say why.',
    fields: {
      format: ['number', 'of these events; see above'],
      runId: ['string', 'part of the name of all that the run makes on the cloud'],
      cloud: ['string', 'address of its Keystone'],
      suites: ['{name, version}[]', 'the packages whose cases run'],
      cases: ['number', 'how many cases are about to run, an attempt of `--repeat` not counted', 'optional'],
      shard: [
        '{index, of, cases, plan}',
        'with `--shard`: which part of how many, the cases of all parts, and what is the same for all parts of one run',
        'optional',
      ],
      repeat: ['number', 'how many times in a row each runs'],
      jobs: ['number', 'how many run at the same time, at most'],
      seed: ['number', 'with `--jobs`: what repeats their order', 'optional'],
      facts: ['string[]', 'what the cloud is: its release, its hosts'],
      warnings: ['string[]', 'where the configuration is not what was meant, or not what was found'],
    },
  },
  'case-started': {
    text: 'A case has its turn; also one that is skipped at once.',
    fields: { ...name, attempt, turn },
  },
  'case-step': {
    text: 'What a case does next.',
    fields: {
      id: name.id,
      attempt,
      atMs: ['number', 'milliseconds since the case began'],
      text: ['string', 'for people: `live migrate vm1 to compute1`'],
      kind: ['string', 'for programs: `boot`, `live-migrate`, `configure`', 'optional'],
    },
  },
  'case-hosts': {
    text: 'The servers of a case are on other hosts than before.',
    fields: { id: name.id, attempt, hosts: ['string[]', 'where they are now, as Nova names them'] },
  },
  'case-ended': {
    text: 'A case has ended, and given back what it had made. Its steps have been told, what was done behind them is in `results.json`.',
    fields: {
      ...name,
      attempt,
      verdict: ['"passed" \\| "failed" \\| "skipped"', 'how it ended'],
      started: ['string', 'when it began, or was skipped'],
      durationMs: ['number', 'milliseconds from its start to the end of its clean-up'],
      turn,
      reason: [
        'string',
        'why it was skipped: the need that is not met, or the known bug that showed',
        'optional',
      ],
      failures: [
        '{message, stack?, at?, code?}[]',
        'of one that failed: what was expected, where in the suite (`dist/cases/x.js:98`), the line of code there',
      ],
      evidence: ['string[]', 'of one that failed: what the layers said of its servers, a table each'],
    },
  },
  trouble: {
    text: 'Something went wrong outside of any case: a suite cannot be loaded, the engine died.',
    fields: { message: ['string', 'what it was'] },
  },
  'run-ended': {
    text: 'The last line, when everything is given back and all files are written. Where it is missing the run was killed: `whitebox recover`.',
    fields: {
      exitCode: ['number', 'the exit code of the command'],
      durationMs: ['number', 'milliseconds of the whole run'],
      counts: ['{passed, failed, skipped}', 'how many cases ended how, each attempt counted'],
      interrupted: ['boolean', 'by Ctrl-C or SIGTERM'],
      flaky: ['{id, passed, failed}[]', 'cases that did both'],
      troubles: ['string[]', 'all that went wrong outside of any case'],
      leftovers: ['string[]', 'what could not be given back'],
      files: ['{results, html, junit, subunit, stestr, log}', 'where the results are; absolute paths'],
    },
  },
};

/** docs/events.md, made of the fields that the types have. */
export function eventsPage(): string {
  const sections = Object.entries(documented).flatMap(([type, { text, fields }]) => [
    `## ${type}`,
    '',
    text,
    '',
    '| field | what it is | meaning |',
    '| --- | --- | --- |',
    ...Object.entries<readonly string[]>(fields).map(
      ([field, [what = '', meaning = '', optional]]) =>
        `| \`${field}\`${optional === undefined ? '' : ' (may be absent)'} | ${what.startsWith('"') ? what : `\`${what}\``} | ${meaning} |`,
    ),
    '',
  ]);
  return `${[
    '# Events of a run',
    '',
    '<!-- Generated from packages/runner/src/run-events-page.suite.ts: npx vitest run packages/runner/src/event-lines.test.ts --update -->',
    '',
    '`whitebox run --json` prints a JSON object in each line of standard output, as things happen, and nothing else; progress, warnings',
    'and the summary go to standard error, and the files of the results are written as ever. Passwords of the cloud, and what looks',
    'like one, are `***` in them.',
    '',
    `The first event has \`format\`, ${eventFormat} for what is said here. It grows when a field is taken away or means something else. Events and`,
    'fields that are added do not change it: skip what you do not know. Each event has its `type` and the time `at`,',
    '`2026-11-23T05:00:00.000Z`.',
    '',
    '```',
    `whitebox run @whitebox/nova-nfv-suite --json | jq -r 'select(.type == "case-ended") | [.verdict, .id] | @tsv'`,
    '```',
    '',
    ...sections,
  ]
    .join('\n')
    .trimEnd()}\n`;
}
