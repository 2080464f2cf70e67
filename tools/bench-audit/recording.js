import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

/**
 * What a host with its servers says to an audit.
 * @typedef {object} Recording
 * @property {string} host
 * @property {number} servers how many it has
 * @property {readonly string[]} uuids of what belongs to this host alone
 * @property {readonly import('./answers.js').RecordedCommand[]} commands
 * @property {readonly import('./api-server.js').RecordedRequest[]} requests
 * @property {{ readonly api: import('./record-cloud.js').RecordedRows, readonly cell: import('./record-cloud.js').RecordedRows }} rows
 */

export const recordingFile = fileURLToPath(new URL('testdata/compute.json.gz', import.meta.url));

/** @returns {Recording} */
export function readRecording(file = recordingFile) {
  return JSON.parse(gunzipSync(readFileSync(file)).toString());
}

/**
 * The uuids that another host would have others for: not those of images, flavors, networks, projects, cells.
 *
 * @param {string} host
 * @param {Recording['rows']} rows
 * @param {Recording['requests']} requests
 * @returns {string[]}
 */
export function uuidsOf(host, { cell }, requests) {
  /** @type {Set<unknown>} */
  const found = new Set();
  for (const { uuid } of Object.values(cell).flat()) found.add(uuid);
  for (const { volume_id: id, attachment_id: attachment } of cell['block_device_mapping'] ?? [])
    found.add(id).add(attachment);
  for (const { request, body } of requests) {
    if (/\/resource_providers\?in_tree=/.test(request))
      for (const { uuid } of JSON.parse(body).resource_providers) found.add(uuid);
    if (/\/ports\?device_id=/.test(request)) for (const { id } of JSON.parse(body).ports) found.add(id);
  }
  return [...found]
    .filter((uuid) => typeof uuid === 'string' && uuid.length === 36)
    .map(String)
    .sort();
}
