import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * A request that an audit has made, and what was answered.
 * @typedef {object} RecordedRequest
 * @property {string} request "GET /placement/allocations/..."
 * @property {number} status
 * @property {Record<string, string>} headers
 * @property {string} body
 * @property {number} milliseconds how long it took
 */

/** @typedef {(method: string, path: string, headers: Record<string, string>, body: string) => Promise<Omit<RecordedRequest, 'request'> | undefined>} Serving */

/** APIs at one address: the first part of the path says which. */
export class ApiServer {
  counts = { requests: 0, bytesIn: 0, bytesOut: 0, unanswered: /** @type {string[]} */ ([]) };
  #server;

  /** @param {Serving} serving */
  constructor(serving) {
    this.#server = createServer((request, response) => {
      /** @type {Buffer[]} */
      const chunks = [];
      request.on('data', (/** @type {Buffer} */ chunk) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const body = Buffer.concat(chunks).toString();
        this.counts.requests += 1;
        this.counts.bytesIn += url.length + body.length + request.rawHeaders.join('').length;
        void serving(method, url, /** @type {Record<string, string>} */ (headers), body).then((answer) => {
          if (answer === undefined) this.counts.unanswered.push(`${method} ${url}`);
          const { status, headers: own, body: text, milliseconds } = answer ?? missing;
          this.counts.bytesOut += text.length;
          setTimeout(() => {
            response.writeHead(status, own).end(text);
          }, milliseconds);
        });
      });
    });
  }

  /** @returns {Promise<string>} where it listens */
  async listen(address = '127.0.0.1') {
    this.#server.listen(0, address);
    await once(this.#server, 'listening');
    const bound = /** @type {import('node:net').AddressInfo} */ (this.#server.address());
    return `http://${address}:${String(bound.port)}`;
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const missing = { status: 404, headers: {}, body: '{"message": "this was never recorded"}', milliseconds: 0 };
