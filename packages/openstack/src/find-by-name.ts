import { NameError } from './errors.js';

/** The one thing that has this id or this name. @param kind "flavor", for errors */
export function findOne<T extends { readonly id: string; readonly name: string | null }>(
  kind: string,
  things: readonly T[],
  nameOrId: string,
): T {
  const byId = things.find(({ id }) => id === nameOrId);
  if (byId !== undefined) return byId;
  const named = things.filter(({ name }) => name === nameOrId);
  const [first] = named;
  if (first !== undefined && named.length === 1) return first;
  if (first === undefined) {
    const known = things.map(({ name, id }) => name ?? id);
    throw new NameError({
      code: 'WB_OPENSTACK_NO_SUCH_NAME',
      action: `find the ${kind} ${nameOrId}`,
      observed: `there are ${known.slice(0, 20).join(', ') || 'none at all'}${known.length > 20 ? ', ...' : ''}`,
      advice: `Check the name, and whether the ${kind} is visible to this project.`,
    });
  }
  throw new NameError({
    code: 'WB_OPENSTACK_AMBIGUOUS_NAME',
    action: `find the ${kind} ${nameOrId}`,
    observed: `${named.length} have that name: ${named.map(({ id }) => id).join(', ')}`,
    advice: 'Say the id.',
  });
}
