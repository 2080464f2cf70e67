import { NovaDataError } from './errors.js';
import type { Json } from './json.js';

/** The content of a versioned object (oslo.versionedobjects, obj_to_primitive) as Nova stores it. */
export interface VersionedObject {
  /** As stored: "1.6". */
  readonly version: string;
  readonly minor: number;
  readonly data: Json;
}

/** Whether it is a versioned object at all; before Liberty Nova stored plain dictionaries. */
export function isVersionedObject(json: Json): boolean {
  return json.has('nova_object.name');
}

/**
 * Opens the envelope. A minor version may add fields, so a newer one is read as far as it is known; a major version may
 * change their meaning, so another one is an error. All objects that are read here have the major version 1.
 */
export function openObject(json: Json, name: string): VersionedObject {
  const found = json.field('nova_object.name').text();
  if (found !== name) throw json.wrong(`an object ${JSON.stringify(found)} where ${name} should be`);
  const version = json.field('nova_object.version').text();
  const [, major, minor] = /^(\d+)\.(\d+)$/.exec(version) ?? [];
  if (major === undefined || minor === undefined) {
    throw json.field('nova_object.version').wrong(`${JSON.stringify(version)} is no version`);
  }
  if (Number(major) !== 1) {
    const { table, row, column } = json.source;
    throw new NovaDataError({
      code: 'WB_NOVA_DB_OBJECT_VERSION',
      action: `read ${table}.${column} of the row with ${row}`,
      observed: `${name} of version ${version}, known is 1.x`,
      advice: 'This Nova is newer than this package: update @whitebox/db.',
    });
  }
  return { version, minor: Number(minor), data: json.field('nova_object.data') };
}

/** The elements of a list object such as PciDeviceList. */
export function openList(json: Json, name: string): Json[] {
  return openObject(json, name).data.field('objects').list();
}
