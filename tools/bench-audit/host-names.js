/**
 * What differs from one simulated host to the next in everything that was recorded of one: its name, the uuids of what belongs to it,
 * the names of its domains, and the ids of its rows.
 *
 * @typedef {object} RecordedNames
 * @property {string} host "compute1"
 * @property {readonly string[]} uuids of its servers, their volumes and ports, its provider and services
 */

/** Rows of a host in a table, at the most; domains are named after such ids. */
export const idsPerHost = 4096;

const uuidPattern = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

/** @param {number} number from 1 @returns {string} "compute00737" */
export function simulatedHost(number) {
  return `compute${String(number).padStart(5, '0')}`;
}

/** A marker for the id of a row, in a text that is made a template. @param {number} id */
export function rowId(id) {
  return `\u0001${String(id)}\u0001`;
}

/** Takes texts of the recorded host to simulated ones, and back. */
export class HostNames {
  #host;
  /** The first 32 characters of uuids; the last four say whose it is. @type {ReadonlyMap<string, string>} */
  #uuids;
  #pattern;
  #back;

  /** @param {RecordedNames} names */
  constructor({ host, uuids }) {
    this.#host = host;
    this.#uuids = new Map(uuids.map((uuid) => [uuid.slice(0, 32), uuid]));
    if (this.#uuids.size !== new Set(uuids).size) throw new Error('two uuids differ in their end alone');
    const domain = 'instance-[0-9a-f]{8}';
    this.#pattern = new RegExp(`(${uuidPattern})|\\b(${domain})\\b|\\b(${host})\\b|\u0001(\\d+)\u0001`, 'g');
    this.#back = new RegExp(`(${uuidPattern})|\\b(${domain})\\b|\\bcompute(\\d{5})\\b`, 'g');
  }

  /**
   * @param {string} text of the recorded host
   * @returns {(number: number) => string} of a simulated one
   */
  template(text) {
    /** @type {(string | ((number: number) => string))[]} */
    const parts = [];
    let from = 0;
    for (const { 0: all, 1: uuid, 2: domain, 3: host, 4: id, index } of text.matchAll(this.#pattern)) {
      const part = this.#part(uuid, domain, host, id);
      if (part === undefined) continue;
      parts.push(text.slice(from, index), part);
      from = index + all.length;
    }
    if (parts.length === 0) return () => text;
    parts.push(text.slice(from));
    return (number) => parts.map((part) => (typeof part === 'string' ? part : part(number))).join('');
  }

  /**
   * @param {string} text of a simulated host
   * @returns {{ readonly text: string, readonly number: number | undefined }} of the recorded one, and whose it was
   */
  back(text) {
    /** @type {number | undefined} */
    let number;
    const recorded = text.replaceAll(this.#back, (all, uuid, domain, host) => {
      if (host !== undefined) {
        number = Number(host);
        return this.#host;
      }
      if (domain !== undefined) {
        const id = Number.parseInt(domain.slice(9), 16);
        return `instance-${hex(id % idsPerHost, 8)}`;
      }
      const known = this.#uuids.get(uuid.slice(0, 32));
      if (known === undefined) return all;
      number = Number.parseInt(uuid.slice(32), 16);
      return known;
    });
    return { text: recorded, number };
  }

  /**
   * @param {string | undefined} uuid @param {string | undefined} domain @param {string | undefined} host @param {string | undefined} id
   * @returns {((number: number) => string) | undefined}
   */
  #part(uuid, domain, host, id) {
    if (uuid !== undefined) {
      const known = this.#uuids.has(uuid.slice(0, 32));
      return known ? (number) => `${uuid.slice(0, 32)}${hex(number, 4)}` : undefined;
    }
    if (domain !== undefined) {
      const own = Number.parseInt(domain.slice(9), 16);
      return (number) => `instance-${hex(number * idsPerHost + own, 8)}`;
    }
    if (host !== undefined) return simulatedHost;
    return (number) => String(number * idsPerHost + Number(id));
  }
}

/** @param {number} number @param {number} digits */
function hex(number, digits) {
  return number.toString(16).padStart(digits, '0');
}
