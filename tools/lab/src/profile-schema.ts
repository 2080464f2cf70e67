import { z } from 'zod';
import { deploymentNames } from './deployments/host-shape.js';

// The shape of a profile file. What the numbers must be to each other is checked in profile.ts.

const whole = (first: number, last: number) => {
  const error = `must be a whole number from ${first} to ${last}`;
  return z.int({ error }).min(first, { error }).max(last, { error });
};

const units = { MiB: 1, GiB: 1024 } as const;

/** `8 GiB` -> 8192 */
const size = z
  .string({ error: 'must be a size such as 512 MiB or 8 GiB' })
  .regex(/^\d+ (MiB|GiB)$/, { error: 'must be a size such as 512 MiB or 8 GiB' })
  .transform((text) => {
    const [count = '', unit = ''] = text.split(' ');
    return Number(count) * units[unit as keyof typeof units];
  });

/** A set of one CPU is a number in YAML. */
const cpus = z.union([z.string(), z.int()], { error: 'must be CPUs such as 0-3,8-11' }).transform(String);

const hugepages = z.strictObject(
  { '2 MiB': whole(0, 1_000_000).default(0), '1 GiB': whole(0, 1000).default(0) },
  { error: 'must be counts by size, as in { 2 MiB: 512, 1 GiB: 4 }' },
);

const persistentMemory = z.record(
  z.string().regex(/^\d+ MiB$/, { error: 'must be a size in MiB' }),
  whole(1, 64),
  { error: 'must be counts by size, as in { 32 MiB: 2 }' },
);

const distances = z.strictObject(
  { same_socket: whole(11, 254).default(12), other_socket: whole(11, 254).default(21) },
  { error: 'must be distances between cells, as in { same_socket: 12, other_socket: 21 }' },
);

const topology = z.strictObject(
  {
    sockets: whole(1, 8).default(1),
    cells_per_socket: whole(1, 8).default(1),
    cores_per_cell: whole(1, 128),
    threads_per_core: z.literal([1, 2], { error: 'must be 1 or 2' }).default(1),
    memory_per_cell: size,
    hugepages_per_cell: hugepages.prefault({}),
    distances: distances.prefault({}),
  },
  { error: 'must describe sockets, cells, cores and memory' },
);

const hostName = /^[a-z][a-z0-9]{0,10}$/;

const host = z.strictObject(
  {
    topology: topology.optional(),
    dedicated: cpus.optional(),
    shared: cpus.optional(),
    reserved_memory: size.default(512),
    pmem: persistentMemory.default({}),
  },
  { error: 'must have dedicated or shared CPUs' },
);

const profile = z.strictObject(
  {
    description: z.string({ error: 'must say in words what the profile is for' }),
    emulate: z.enum(['always', 'if-needed'], { error: 'must be always or if-needed' }).default('always'),
    deployment: z
      .enum(deploymentNames, { error: `must be ${deploymentNames.join(' or ')}; without it, packages` })
      .optional(),
    topology: topology.optional(),
    hosts: z.record(
      z.string().regex(hostName, { error: 'must be a letter and up to ten small letters or digits' }),
      host,
      { error: 'must have the hosts by their names' },
    ),
  },
  { error: 'must be a map with description, topology and hosts' },
);

export type RawTopology = z.output<typeof topology>;
export type RawHost = z.output<typeof host>;
export type RawProfile = z.output<typeof profile>;

export interface ShapeProblem {
  readonly path: readonly PropertyKey[];
  readonly problem: string;
  /** Set where a name means nothing: those that would. */
  readonly known?: readonly string[];
}

export type ProfileReading =
  | { readonly ok: true; readonly profile: RawProfile }
  | { readonly ok: false; readonly problems: readonly ShapeProblem[] };

export function readShape(content: unknown): ProfileReading {
  const result = profile.safeParse(content);
  if (result.success) return { ok: true, profile: result.data };
  return { ok: false, problems: result.error.issues.flatMap((issue) => problemsOf(issue, content)) };
}

function problemsOf(issue: z.core.$ZodIssue, content: unknown): ShapeProblem[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const known = knownNames(path);
    return issue.keys.map((key) => ({ path: [...path, key], problem: 'means nothing here', known }));
  }
  if (issue.code === 'invalid_key') {
    return [{ path, problem: issue.issues[0]?.message ?? issue.message }];
  }
  const missing = path.length > 0 && valueAt(content, path) === undefined;
  return [{ path, problem: missing ? `is missing; it ${issue.message}` : issue.message }];
}

function knownNames(path: readonly PropertyKey[]): string[] {
  switch (path.at(-1)) {
    case undefined:
      return Object.keys(profile.shape);
    case 'topology':
      return Object.keys(topology.shape);
    case 'distances':
      return Object.keys(distances.shape);
    case 'hugepages_per_cell':
      return Object.keys(hugepages.shape);
    default:
      return Object.keys(host.shape);
  }
}

function valueAt(content: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    content,
  );
}
