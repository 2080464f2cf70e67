import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from '../support/repository.js';
import { rolesOf, ruleProblems } from './zuul-rules.js';
import { itemsOf, schemaProblems } from './zuul-schema.js';

// zuul.d, playbooks and roles, checked as Zuul and Ansible would.

const folder = join(root, 'zuul.d');
const files = readdirSync(folder).map((name) => join(folder, name));
/** @param {string} path PyYAML, which Zuul has, is a YAML 1.1 */
const read = (path) => /** @type {unknown} */ (parse(readFileSync(path, 'utf8'), { version: '1.1' }));
const items = files.flatMap((path) => itemsOf(read(path)));
const jobs = new Map(items.flatMap(({ job }) => (job === undefined ? [] : [[job.name, job]])));

/** What Zuul merges of the dictionaries of a job and its parents. @param {string} name @returns {any} */
function variablesOf(name) {
  const job = jobs.get(name);
  if (job === undefined) return {};
  return merged(variablesOf(job.parent ?? 'base'), { ...job.vars, groups: job['group-vars'] ?? {} });
}

/** @param {any} a @param {any} b @returns {any} */
function merged(a, b) {
  const both = [a, b].every((one) => typeof one === 'object' && one !== null && !Array.isArray(one));
  if (!both) return b ?? a;
  return Object.fromEntries(
    [...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => [key, merged(a[key], b[key])]),
  );
}

describe('zuul.d', () => {
  it.each(files)('%s is what Zuul accepts', (path) => {
    expect(schemaProblems(read(path))).toEqual([]);
  });

  it('names only jobs, nodesets, nodes and playbooks that are there', () => {
    expect(ruleProblems(items, root)).toEqual([]);
  });

  it('has the jobs that are promised', () => {
    expect([...jobs.keys()]).toEqual(
      expect.arrayContaining([
        'whitebox-devstack-multinode',
        'whitebox-devstack-multinode-hugepages',
        'whitebox-tripleo-standalone-multinode',
        'whitebox-unit',
        'whitebox-lint',
      ]),
    );
  });

  it.each(['whitebox-devstack-multinode', 'whitebox-devstack-multinode-hugepages'])(
    '%s gives its computes disjoint dedicated CPUs, and tells the services to report often',
    (name) => {
      const variables = variablesOf(name);
      const nodes = [variables.devstack_localrc, variables.groups.subnode.devstack_localrc];
      const sets = nodes.map((localrc) => cpus(localrc.WHITEBOX_CPU_DEDICATED_SET));
      const shared = nodes.map((localrc) => cpus(localrc.WHITEBOX_CPU_SHARED_SET));
      expect(sets.map(({ length }) => length)).toEqual([3, 3]);
      expect(sets[0]?.filter((cpu) => sets[1]?.includes(cpu))).toEqual([]);
      for (const [index, set] of sets.entries()) {
        expect(set.filter((cpu) => shared[index]?.includes(cpu))).toEqual([]);
        expect(nodes[index].NOVA_SERVICE_REPORT_INTERVAL).toBe(10);
      }
    },
  );

  it('sees a case that fails while the job runs', () => {
    const [line] = String(jobs.get('whitebox-base')?.['failure-output']).split(',');
    expect('FAIL    6.8 s  @whitebox/nova-nfv-suite/cpu-policy > a sentence').toMatch(new RegExp(line ?? ''));
    expect('PASS    6.8 s  @whitebox/nova-nfv-suite/cpu-policy > a sentence').not.toMatch(
      new RegExp(line ?? ''),
    );
  });
});

/** @param {string} set "1-3,5" */
function cpus(set) {
  return String(set)
    .split(',')
    .flatMap((part) => {
      const [first = NaN, last = first] = part.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}

describe('the schema', () => {
  const job = { name: 'j', run: 'playbooks/run.yaml' };
  it.each([
    ['an attribute that there is none of', { job: { ...job, playbook: 'x' } }],
    ['a job without a name', { job: { run: 'x' } }],
    ['a number as text', { job: { ...job, timeout: '10800' } }],
    ['a variable that Ansible does not take', { job: { ...job, vars: { 'node-version': 20 } } }],
    ['a variable that is of Zuul', { job: { ...job, vars: { zuul: {} } } }],
    ['such a one of a group', { job: { ...job, 'group-vars': { compute: { 'a-b': 1 } } } }],
    ['an expression with a lookahead', { job: { ...job, files: '^(?!docs/)' } }],
    ['a broken expression', { job: { ...job, 'failure-output': '(' } }],
    ['a role from nowhere', { job: { ...job, roles: [{ git: 'x' }] } }],
    ['two things at once', { job, nodeset: { name: 'n', nodes: [] } }],
    ['something unknown', { jobs: [job] }],
    ['a node without a label', { nodeset: { name: 'n', nodes: [{ name: 'controller' }] } }],
    ['a nodeset without a name', { nodeset: { nodes: [{ name: 'controller', label: 'l' }] } }],
    ['a pipeline that is a list', { project: { check: ['j'] } }],
    ['a pipeline with an unknown key', { project: { check: { job: ['j'] } } }],
  ])('refuses %s', (_, one) => {
    expect(schemaProblems([one])).toHaveLength(1);
  });

  it('refuses what is not a list, and says where it stumbled', () => {
    expect(schemaProblems({ job })).toEqual(['it is not a list of jobs, nodesets and projects']);
    expect(schemaProblems([{ job: { ...job, vars: { 'a-b': 1 } } }])[0]).toMatch(/^job j: vars.*a-b/);
  });

  it('takes the many forms of Zuul', () => {
    const good = [
      { job: { ...job, parent: null, branches: [{ regex: '^stable/', negate: true }, 'master'] } },
      { job: { ...job, run: [{ name: 'p', semaphores: 's' }], 'post-run': [{ name: 'p', cleanup: true }] } },
      { job: { ...job, nodeset: { nodes: { name: ['a', 'b'], label: 'l' } } } },
      { nodeset: { name: 'n', alternatives: ['a', { nodes: [{ name: 'c', label: 'l' }] }] } },
      {
        project: {
          'merge-mode': 'rebase',
          check: { 'fail-fast': true, jobs: ['a', { b: { voting: false } }] },
        },
      },
    ];
    expect(schemaProblems(good)).toEqual([]);
  });
});

describe('the rules', () => {
  /** @param {unknown[]} list */
  const problems = (...list) => ruleProblems(itemsOf(list), root);
  const nodes = [{ name: 'controller', label: 'l' }];

  it.each([
    ['no parent gone', { job: { name: 'j', parent: 'gone' } }],
    ['no playbook gone.yaml', { job: { name: 'j', 'post-run': 'gone.yaml' } }],
    ['no nodeset gone', { job: { name: 'j', nodeset: 'gone' } }],
    ['no job gone', { project: { check: { jobs: [{ gone: { voting: false } }] } } }],
    ['no node gone', { nodeset: { name: 'n', nodes, groups: [{ name: 'compute', nodes: ['gone'] }] } }],
    ['named localhost', { nodeset: { name: 'n', nodes: [{ name: 'localhost', label: 'l' }] } }],
    ['the node or the group', { nodeset: { name: 'n', nodes, groups: [{ name: 'controller', nodes: [] }] } }],
    ['node controller is there twice', { nodeset: { name: 'n', nodes: [...nodes, ...nodes] } }],
  ])('see %s', (problem, one) => {
    expect(problems(one)).toEqual([expect.stringContaining(problem)]);
  });

  it('see a job that is there twice', () => {
    expect(problems({ job: { name: 'j' } }, { job: { name: 'j' } })).toEqual(['job j is there twice']);
  });
});

describe('playbooks and roles', () => {
  it('call only roles that are here or of those repositories that the jobs bring along', () => {
    const lint = /** @type {{ mock_roles: string[] }} */ (read(join(root, '.ansible-lint')));
    const called = execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'playbooks', 'roles'], {
      cwd: root,
      encoding: 'utf8',
    })
      .split('\n')
      .filter((path) => path.endsWith('.yaml') && existsSync(join(root, path)))
      .flatMap((path) => [
        ...readFileSync(join(root, path), 'utf8').matchAll(/(?:- role:|include_role:\s+name:) (\S+)/g),
      ])
      .map(([, name = '']) => name);
    expect(called.length).toBeGreaterThan(8);
    const there = [...rolesOf(root), ...lint.mock_roles];
    expect(called.filter((name) => !there.includes(name))).toEqual([]);
    expect(there.filter((name) => !called.includes(name))).toEqual([]);
  });

  const programs = ['yamllint', 'ansible-lint'];
  const missing = programs.filter((program) => spawnSync(program, ['--version']).status !== 0);

  it.skipIf(missing.length > 0)('please yamllint and ansible-lint (needs both)', () => {
    const yaml = spawnSync('yamllint', ['-s', '.'], { cwd: root, encoding: 'utf8' });
    expect(yaml.stdout).toBe('');
    expect(yaml.status).toBe(0);
    const ansible = spawnSync('ansible-lint', ['--nocolor', '--offline'], { cwd: root, encoding: 'utf8' });
    expect(ansible.status, ansible.stdout + ansible.stderr).toBe(0);
  });
});
