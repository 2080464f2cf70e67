import type { Provider } from './snapshot.js';
import { listed } from './said.js';

export function rootOf({ providers }: { readonly providers: readonly Provider[] }): Provider | undefined {
  return providers.find(({ parentId }) => parentId === null);
}

export function amountsOf(resources: Readonly<Record<string, number>>): string {
  return listed(Object.entries(resources).map(([name, amount]) => `${name} ${amount}`));
}
