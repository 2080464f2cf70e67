import { z } from 'zod';
import { Secret } from '@whitebox/core';

// The types of oslo.config (oslo_config/types.py), as far as the options need them, and the schema of nodes.yaml's shapes.

export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  /** `problem` follows "the value ...": "is not a whole number". */
  | { readonly ok: false; readonly problem: string };

/** How the text of an option becomes a value. */
export interface ValueType<T> {
  /** For the reference: "whole number", "list of whole numbers". */
  readonly name: string;
  readonly read: (text: string) => Reading<T>;
}

function asType<T>(name: string, schema: z.ZodType<T, string>): ValueType<T> {
  return {
    name,
    read: (text) => {
      const result = schema.safeParse(text);
      if (result.success) return { ok: true, value: result.data };
      return { ok: false, problem: result.error.issues[0]?.message ?? 'is not valid' };
    },
  };
}

/** String: taken as it is. */
export const text: ValueType<string> = asType('text', z.string());

/** A text that does not print. */
export const secret: ValueType<Secret> = asType(
  'secret text',
  z.string().transform((value) => new Secret(value)),
);

const TRUE = ['true', '1', 'on', 'yes'] as const;
const FALSE = ['false', '0', 'off', 'no'] as const;

/** Boolean: `true`, `1`, `on`, `yes`, `false`, `0`, `off`, `no` in any case. */
export const bool: ValueType<boolean> = asType(
  'true or false',
  z
    .string()
    .toLowerCase()
    .pipe(z.enum([...TRUE, ...FALSE], { error: 'is neither true, on, yes, 1 nor false, off, no, 0' }))
    .transform((value) => TRUE.some((each) => each === value)),
);

/** Integer, with the spellings of Python's int(). */
export function int(min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): ValueType<number> {
  const range =
    max === Number.MAX_SAFE_INTEGER
      ? min === Number.MIN_SAFE_INTEGER
        ? ''
        : `, ${min} or more`
      : `, ${min} to ${max}`;
  return asType(
    `whole number${range}`,
    z
      .string()
      .trim()
      .regex(/^[+-]?\d+(?:_\d+)*$/, { error: 'is not a whole number' })
      .transform((value) => Number(value.replaceAll('_', '')))
      .pipe(
        z
          .number()
          .min(min, { error: `is less than ${min}` })
          .max(max, { error: `is more than ${max}` }),
      ),
  );
}

/** String with choices. */
export function oneOf<const T extends string>(...choices: readonly [T, ...T[]]): ValueType<T> {
  const listed = choices.join(', ');
  return asType(
    `one of ${listed}`,
    z.enum(choices, { error: `is not one of ${listed}` }) as z.ZodType<T, string>,
  );
}

/** Text of a form. */
export function matching(name: string, form: RegExp): ValueType<string> {
  return asType(name, z.string().regex(form, { error: `is not a ${name}` }));
}

/** List: items with commas between them; one comma at the end is fine. */
export function list<T>(item: ValueType<T>): ValueType<readonly T[]> {
  return {
    name: `list of: ${item.name}`,
    read: (value) => readItems(value.trim().replace(/,+$/, ''), item),
  };
}

/** List with bounds: `[0,1]`. */
export function boundedList<T>(item: ValueType<T>): ValueType<readonly T[]> {
  return {
    name: `[list of: ${item.name}]`,
    read: (value) => {
      const inner = /^\[(.*)\]$/s.exec(value.trim().replace(/,+$/, ''));
      return inner === null
        ? { ok: false, problem: 'is not in brackets, as in [0,1]' }
        : readItems(inner[1] ?? '', item);
    },
  };
}

function readItems<T>(joined: string, item: ValueType<T>): Reading<readonly T[]> {
  if (joined === '') return { ok: true, value: [] };
  const values: T[] = [];
  for (const part of joined.split(',')) {
    const reading = item.read(part.trim());
    if (!reading.ok) return { ok: false, problem: `has an item, "${part.trim()}", that ${reading.problem}` };
    values.push(reading.value);
  }
  return { ok: true, value: values };
}

/**
 * Dict: `name:value` pairs with commas between them. A comma inside a value is possible where the value's type wants it:
 * `0: [0,1], 1: [2,3]`, read as oslo.config does, by joining parts until the value is accepted.
 */
export function dict<T>(item: ValueType<T>): ValueType<ReadonlyMap<string, T>> {
  return {
    name: `name:value pairs of: ${item.name}`,
    read: (value) => {
      const result = new Map<string, T>();
      const parts = value.trim() === '' ? [] : value.trim().split(',');
      while (parts.length > 0) {
        let pair = parts.shift() ?? '';
        let reading = readPair(pair, item);
        while (!reading.ok && parts.length > 0) {
          pair += `,${parts.shift() ?? ''}`;
          reading = readPair(pair, item);
        }
        if (!reading.ok) return reading;
        const { name, of } = reading.value;
        if (name === '') return { ok: false, problem: `has a pair without a name: "${pair.trim()}"` };
        if (result.has(name)) return { ok: false, problem: `has the name "${name}" twice` };
        result.set(name, of);
      }
      return { ok: true, value: result };
    },
  };
}

function readPair<T>(pair: string, item: ValueType<T>): Reading<{ readonly name: string; readonly of: T }> {
  const colon = pair.indexOf(':');
  if (colon < 0) return { ok: false, problem: `has a part, "${pair.trim()}", that is no name:value pair` };
  const name = pair.slice(0, colon).trim();
  const reading = item.read(pair.slice(colon + 1).trim());
  if (!reading.ok) return { ok: false, problem: `has a value, that of "${name}", that ${reading.problem}` };
  return { ok: true, value: { name, of: reading.value } };
}

// nodes.yaml

const nodeText = z.string({ error: 'is not a text' });
/** YAML takes `3` for a number, which is a fine CPU set. */
const cpuSetText = z.union([z.string(), z.number().transform(String)], { error: 'is not a CPU set' });

const serviceSchema = z.strictObject(
  {
    container_name: nodeText.optional(),
    config_path: nodeText.optional(),
    start_command: nodeText.optional(),
    stop_command: nodeText.optional(),
    mask_command: nodeText.optional(),
    unmask_command: nodeText.optional(),
  },
  { error: 'is not a mapping of commands' },
);

const nodeSchema = z.strictObject(
  {
    services: z.record(z.string(), serviceSchema, { error: 'is not a mapping of services' }).optional(),
    cpu_shared_set: cpuSetText.nullish(),
    cpu_dedicated_set: cpuSetText.nullish(),
    topology: z
      .record(
        z.string().regex(/^socket-\d+$/, { error: 'is not named like socket-0' }),
        z.record(
          z.string().regex(/^numa-\d+$/, { error: 'is not named like numa-0' }),
          z.strictObject({ cpus: cpuSetText }, { error: 'is not a mapping with cpus' }),
          { error: 'is not a mapping of NUMA nodes' },
        ),
        { error: 'is not a mapping of sockets' },
      )
      .optional(),
  },
  { error: 'is not a description of a host' },
);

/** A host as it stands in nodes.yaml. */
export interface RawNode {
  readonly services?: Readonly<Record<string, RawService>> | undefined;
  readonly cpu_shared_set?: string | null | undefined;
  readonly cpu_dedicated_set?: string | null | undefined;
  readonly topology?:
    Readonly<Record<string, Readonly<Record<string, { readonly cpus: string }>>>> | undefined;
}

export interface RawService {
  readonly container_name?: string | undefined;
  readonly config_path?: string | undefined;
  readonly start_command?: string | undefined;
  readonly stop_command?: string | undefined;
  readonly mask_command?: string | undefined;
  readonly unmask_command?: string | undefined;
}

export const nodeKeys = Object.keys(nodeSchema.shape);
export const serviceKeys = Object.keys(serviceSchema.shape);

export interface ShapeProblem {
  readonly path: readonly (string | number)[];
  /** Names that the schema does not know, if that is the problem. */
  readonly unknown: readonly string[];
  readonly message: string;
}

/** Holds the content of nodes.yaml against its schema. */
export function readNodes(
  content: unknown,
):
  | { readonly ok: true; readonly nodes: Readonly<Record<string, RawNode>> }
  | { readonly ok: false; readonly problems: readonly ShapeProblem[] } {
  const result = z.record(z.string(), nodeSchema, { error: 'is not a mapping of hosts' }).safeParse(content);
  if (result.success) return { ok: true, nodes: result.data };
  return {
    ok: false,
    problems: result.error.issues.map((issue) => ({
      path: issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step)),
      unknown: issue.code === 'unrecognized_keys' ? issue.keys : [],
      message: issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message,
    })),
  };
}
