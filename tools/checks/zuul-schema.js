// What Zuul accepts in the files of a project that it does not trust with more: the rules of zuul/configloader.py (JobParser,
// NodeSetParser, ProjectParser) and of zuul/lib/varnames.py. Zuul itself is a service and cannot be asked here.
import { z } from 'zod';

/** One or several. @template {z.ZodType} T @param {T} one */
const some = (one) => z.union([one, z.array(one)]);
const text = z.string();
const number = z.int();
const flag = z.boolean();

/** Zuul matches with RE2, which knows neither lookaround nor backreferences. */
const pattern = text.refine(isRe2, { error: 'a regular expression that RE2 does not know' });
const regex = z.union([pattern, z.strictObject({ regex: pattern, negate: flag.optional() })]);

const variableName = text
  .regex(/^[a-zA-Z][a-zA-Z0-9_]*$/, 'not a name that Ansible takes for a variable')
  .refine((name) => !['zuul', 'nodepool', 'unsafe_vars'].includes(name), {
    error: 'a name that is Zuul’s own',
  });
const variables = z.record(variableName, z.unknown());

const node = z.strictObject({ name: some(text), label: text });
const group = z.strictObject({ name: text, nodes: some(text) });
const nodes = { nodes: some(node), groups: some(group).optional() };
const alternatives = { alternatives: z.array(z.union([z.strictObject(nodes), text])) };
const anonymousNodeset = z.union([z.strictObject(nodes), z.strictObject(alternatives)]);
const nodeset = z.union([
  z.strictObject({ name: text, ...nodes }),
  z.strictObject({ name: text, ...alternatives }),
]);

const playbook = z.union([text, z.strictObject({ name: text, semaphores: some(text).optional() })]);
const postPlaybook = z.union([
  text,
  z.strictObject({ name: text, semaphores: some(text).optional(), cleanup: flag.optional() }),
]);
const semaphore = z.union([text, z.strictObject({ name: text, 'resources-first': flag.optional() })]);
const secret = z.union([
  text,
  z.strictObject({ name: variableName, secret: text, 'pass-to-parent': flag.optional() }),
]);
const role = z.union([
  z.strictObject({ zuul: text, name: text.optional() }),
  z.strictObject({ galaxy: text, name: text.optional() }),
]);
const project = z.union([
  text,
  z.strictObject({ name: text, 'override-branch': text.optional(), 'override-checkout': text.optional() }),
]);
const dependency = z.union([text, z.strictObject({ name: text, soft: flag.optional() })]);

const jobAttributes = z
  .strictObject({
    parent: text.nullable(),
    final: flag,
    abstract: flag,
    protected: flag,
    intermediate: flag,
    requires: some(text),
    provides: some(text),
    'failure-message': text,
    'success-message': text,
    'hold-following-changes': flag,
    voting: flag,
    semaphore,
    semaphores: some(semaphore),
    tags: some(text),
    branches: some(regex),
    files: some(regex),
    'irrelevant-files': some(regex),
    secrets: some(secret),
    nodeset: z.union([text, anonymousNodeset]),
    'pre-timeout': number,
    timeout: number,
    'post-timeout': number,
    attempts: number,
    'pre-run': some(playbook),
    run: some(playbook),
    'post-run': some(postPlaybook),
    'cleanup-run': some(playbook),
    'ansible-split-streams': flag,
    'ansible-version': z.union([text, z.number()]),
    roles: some(role),
    'required-projects': some(project),
    vars: variables,
    'extra-vars': variables,
    'host-vars': z.record(text, variables),
    'group-vars': z.record(text, variables),
    'include-vars': z.unknown(),
    dependencies: some(dependency),
    'allowed-projects': some(text),
    'override-branch': text,
    'override-checkout': text,
    description: text,
    'variant-description': text,
    'post-review': flag,
    'match-on-config-updates': flag,
    'workspace-scheme': z.enum(['golang', 'flat', 'unique']),
    'workspace-checkout': z.union([flag, z.literal('auto')]),
    deduplicate: z.union([flag, z.literal('auto')]),
    'failure-output': some(pattern),
    'image-build-name': text,
    'attribute-control': z.record(text, z.strictObject({ final: z.literal(true) })),
  })
  .partial();

const job = jobAttributes.safeExtend({ name: text });

/** "job", or {"job": {what is different here}} */
const jobOfPipeline = z.union([text, z.record(text, z.union([text, jobAttributes]))]);
const pipeline = z.strictObject({
  debug: flag.optional(),
  'fail-fast': flag.optional(),
  jobs: z.array(jobOfPipeline).optional(),
});
/** Whatever has none of these names is a pipeline. */
const projectConfig = z
  .object({
    name: text.optional(),
    description: text.optional(),
    branches: some(regex).optional(),
    vars: variables.optional(),
    templates: z.array(text).optional(),
    'merge-mode': z.enum(['merge', 'merge-resolve', 'cherry-pick', 'squash-merge', 'rebase']).optional(),
    'default-branch': text.optional(),
    queue: text.optional(),
  })
  .catchall(pipeline);

/** A file: a list of objects with one key each, which says what it is. */
const item = z.union([
  z.strictObject({ job }),
  z.strictObject({ nodeset }),
  z.strictObject({ project: projectConfig }),
]);
const kinds = { job, nodeset, project: projectConfig };

/**
 * @typedef {z.infer<typeof job>} Job
 * @typedef {z.infer<typeof nodeset>} Nodeset
 * @typedef {z.infer<typeof projectConfig>} Project
 * @typedef {{ job?: Job, nodeset?: Nodeset, project?: Project }} Item
 */

/**
 * What is wrong with the content of a file, each with its place; nothing where Zuul takes it.
 * @param {unknown} content as YAML has it
 * @returns {string[]}
 */
export function schemaProblems(content) {
  if (!Array.isArray(content)) return ['it is not a list of jobs, nodesets and projects'];
  return content.flatMap((one, index) => {
    const [kind, ...others] = Object.keys(Object(one));
    if (kind === undefined || others.length > 0) return [`${String(index)}: it has not exactly one key`];
    const schema = kinds[/** @type {keyof typeof kinds} */ (kind)];
    if (schema === undefined)
      return [`${String(index)}: ${kind} is none of ${Object.keys(kinds).join(', ')}`];
    const result = schema.safeParse(one[kind]);
    const name = String(one[kind]?.name ?? index);
    return result.success
      ? []
      : result.error.issues.map((issue) => `${kind} ${name}: ${issue.path.join('.')}: ${told(issue)}`);
  });
}

/** @param {unknown} content without problems @returns {Item[]} */
export function itemsOf(content) {
  return z.array(item).parse(content);
}

/** The words of the alternative that came furthest. @param {z.core.$ZodIssue} issue @returns {string} */
function told(issue) {
  if (issue.code !== 'invalid_union') return issue.message;
  return issue.errors
    .flat()
    .map((inner) => `${inner.path.join('.')} ${told(inner)}`.trim())
    .join('; or ');
}

/** @param {string} text */
function isRe2(text) {
  if (/\(\?<?[=!]|\\[1-9]/.test(text)) return false;
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
