// What the files of zuul.d say of each other and of this repository, which no schema sees.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {import('./zuul-schema.js').Item} Item */
/** @typedef {import('./zuul-schema.js').Job} Job */

/** Jobs and nodesets of others: zuul-jobs, openstack-zuul-jobs, Tempest. */
const known = {
  jobs: new Set(['tempest-multinode-full-py3', 'nodejs-run-test', 'nodejs-run-lint', 'base', 'multinode']),
  nodesets: new Set(['debian-bookworm']),
};

/** @template T @param {T | readonly T[] | undefined} value @returns {readonly T[]} */
function listOf(value) {
  return value === undefined ? [] : /** @type {readonly T[]} */ (Array.isArray(value) ? value : [value]);
}

/**
 * @param {readonly Item[]} items of all files
 * @param {string} root of the repository
 * @returns {string[]} what does not fit together
 */
export function ruleProblems(items, root) {
  const jobs = items.flatMap(({ job }) => job ?? []);
  const nodesets = items.flatMap(({ nodeset }) => nodeset ?? []);
  const names = new Set([...known.jobs, ...jobs.map(({ name }) => name)]);
  const nodesetNames = new Set([...known.nodesets, ...nodesets.map(({ name }) => name)]);
  return [
    ...twice(jobs.map(({ name }) => name)).map((name) => `job ${name} is there twice`),
    ...jobs.flatMap((job) => [
      ...[job.parent ?? 'base']
        .filter((name) => !names.has(name))
        .map((name) => `job ${job.name}: no parent ${name}`),
      ...playbooksOf(job)
        .filter((path) => !existsSync(join(root, path)))
        .map((path) => `job ${job.name}: no playbook ${path}`),
      ...(typeof job.nodeset === 'string' && !nodesetNames.has(job.nodeset)
        ? [`job ${job.name}: no nodeset ${job.nodeset}`]
        : []),
    ]),
    ...nodesets.flatMap(nodesetProblems),
    ...items
      .flatMap(({ project }) => (project === undefined ? [] : [project]))
      .flatMap((project) =>
        Object.entries(project).flatMap(([pipeline, content]) =>
          jobsOf(content)
            .filter((name) => !names.has(name))
            .map((name) => `pipeline ${pipeline}: no job ${name}`),
        ),
      ),
  ];
}

/** @param {import('./zuul-schema.js').Nodeset} nodeset */
function nodesetProblems(nodeset) {
  if (!('nodes' in nodeset)) return [];
  const names = listOf(nodeset.nodes).flatMap(({ name }) => listOf(name));
  const groups = listOf(nodeset.groups);
  const groupNames = groups.map(({ name }) => name);
  return [
    ...twice(names).map((name) => `nodeset ${nodeset.name}: node ${name} is there twice`),
    ...twice(groupNames).map((name) => `nodeset ${nodeset.name}: group ${name} is there twice`),
    ...[...names, ...groupNames]
      .filter((name) => name === 'localhost')
      .map(() => `nodeset ${nodeset.name}: nothing may be named localhost`),
    ...names
      .filter((name) => groupNames.includes(name))
      .map((name) => `nodeset ${nodeset.name}: a play for ${name} means the node or the group`),
    ...groups.flatMap((group) =>
      listOf(group.nodes)
        .filter((name) => !names.includes(name))
        .map((name) => `nodeset ${nodeset.name}: no node ${name} for the group ${group.name}`),
    ),
  ];
}

/** @param {Job} job @returns {string[]} */
function playbooksOf(job) {
  const all = ['pre-run', 'run', 'post-run'].flatMap((key) => listOf(job[/** @type {'run'} */ (key)]));
  return all.map((one) => (typeof one === 'string' ? one : one.name));
}

/** @param {unknown} pipeline @returns {string[]} */
function jobsOf(pipeline) {
  const jobs = /** @type {{ jobs?: (string | Record<string, unknown>)[] }} */ (Object(pipeline)).jobs ?? [];
  return jobs.flatMap((one) => (typeof one === 'string' ? [one] : Object.keys(one)));
}

/** Roles of this repository. @param {string} root */
export function rolesOf(root) {
  return readdirSync(join(root, 'roles'));
}

/** @param {readonly string[]} names */
function twice(names) {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
