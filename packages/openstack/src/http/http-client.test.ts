import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { HttpTransport, type TransportOptions } from '../http-transport.js';
import { FakeCloud, type Handler } from '../testing/fake-cloud.js';
import { HttpClient, type HttpRequest, type RequestRecord } from './http-client.js';

class Subject implements AsyncDisposable {
  readonly records: RequestRecord[] = [];
  readonly client: HttpClient;
  readonly #transport: HttpTransport;

  constructor(options: TransportOptions = {}) {
    this.#transport = new HttpTransport(options);
    this.client = new HttpClient(this.#transport, (record) => this.records.push(record));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport[Symbol.asyncDispose]();
  }
}

function get(fake: FakeCloud, rest: Partial<HttpRequest> = {}): HttpRequest {
  return { action: 'look', method: 'GET', url: `${fake.url}/thing`, ...rest };
}

const reset: Handler = (_request, response) => {
  response.socket!.resetAndDestroy();
  return undefined;
};
const silence: Handler = () => undefined;
const fine: Handler = () => ({ json: { fine: true } });
const busy: Handler = () => ({ status: 503, text: 'busy' });

describe.concurrent('retries', () => {
  test.each<[string, HttpRequest['method'], Handler]>([
    ['a reset', 'GET', reset],
    ['503', 'GET', busy],
    ['503', 'DELETE', busy],
    ['a reset', 'PUT', reset],
  ])('after %s a %s is sent again', async (_name, method, trouble) => {
    await using fake = await FakeCloud.start();
    await using subject = new Subject();
    fake.route(method, '/thing', trouble, trouble, fine);
    expect(await subject.client.request(get(fake, { method }))).toMatchObject({
      status: 200,
      body: { fine: true },
    });
    expect(subject.records.map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, trouble === busy ? 503 : undefined],
      [2, trouble === busy ? 503 : undefined],
      [3, 200],
    ]);
  });

  test.each<[string, Handler, string]>([
    ['a reset', reset, 'WB_OPENSTACK_CONNECTION_LOST'],
    ['503', busy, 'WB_OPENSTACK_UNAVAILABLE'],
  ])('after %s a POST is not', async (_name, trouble, code) => {
    await using fake = await FakeCloud.start();
    await using subject = new Subject();
    fake.route('POST', '/thing', trouble, fine);
    await expect(subject.client.request(get(fake, { method: 'POST', json: {} }))).rejects.toMatchObject({
      code,
    });
    expect(fake.requests).toHaveLength(1);
  });

  test('end after the third try', async () => {
    await using fake = await FakeCloud.start();
    await using subject = new Subject();
    fake.route('GET', '/thing', busy);
    await expect(subject.client.request(get(fake))).rejects.toMatchObject({
      code: 'WB_OPENSTACK_UNAVAILABLE',
      serviceMessage: 'busy',
    });
    expect(fake.requests).toHaveLength(3);
  });

  test.each([500, 502, 504, 409, 404])('%i is not tried again', async (status) => {
    await using fake = await FakeCloud.start();
    await using subject = new Subject();
    fake.route('GET', '/thing', () => ({ status, text: 'no' }), fine);
    await expect(subject.client.request(get(fake))).rejects.toMatchObject({ status });
  });

  test.each(['GET', 'POST'] as const)(
    'after 429, with which nothing was done, a %s is sent again',
    async (method) => {
      await using fake = await FakeCloud.start();
      await using subject = new Subject();
      const limited: Handler = () => ({ status: 429, text: 'slow down', headers: { 'retry-after': '1' } });
      fake.route(method, '/thing', limited, fine);
      const started = performance.now();
      expect(await subject.client.request(get(fake, { method, json: {} }))).toMatchObject({ status: 200 });
      expect(performance.now() - started).toBeGreaterThan(990);
      expect(fake.requests).toHaveLength(2);
    },
  );

  test('wait until the moment that Retry-After names', async () => {
    await using fake = await FakeCloud.start();
    await using subject = new Subject();
    // Whole seconds: the moment is between one and two seconds away.
    const busyUntil: Handler = () => ({
      status: 503,
      text: 'busy',
      headers: { 'retry-after': new Date(Date.now() + 2000).toUTCString() },
    });
    fake.route('GET', '/thing', busyUntil, fine);
    const started = performance.now();
    await subject.client.request(get(fake));
    expect(performance.now() - started).toBeGreaterThan(900);
  });

  test('are not waited for when Retry-After asks for more time than is left', async () => {
    await using fake = await FakeCloud.start();
    await using subject = new Subject();
    fake.route(
      'GET',
      '/thing',
      () => ({ status: 503, text: 'busy', headers: { 'retry-after': '40' } }),
      fine,
    );
    await expect(subject.client.request(get(fake, { timeoutMs: 30_000 }))).rejects.toMatchObject({
      code: 'WB_OPENSTACK_UNAVAILABLE',
      serviceMessage: 'busy',
    });
    expect(fake.requests).toHaveLength(1);
  });

  test('make the body anew', async () => {
    await using fake = await FakeCloud.start();
    await using subject = new Subject();
    fake.route('PUT', '/thing', busy, fine);
    const made: string[] = [];
    const body = (): Uint8Array => {
      made.push('once');
      return Buffer.from('bytes');
    };
    await subject.client.request(get(fake, { method: 'PUT', body }));
    expect(made).toHaveLength(2);
    expect(fake.requests.map(({ body: sent }) => sent.toString())).toEqual(['bytes', 'bytes']);
  });
});

describe.concurrent('a server that does not answer', () => {
  const slow: Handler = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"half":');
    return undefined;
  };

  test.each<[string, Handler]>([
    ['never answers', silence],
    ['stops in the middle of the body', slow],
  ])('that %s meets the deadline', async (_name, handler) => {
    await using fake = await FakeCloud.start();
    await using subject = new Subject();
    fake.route('GET', '/thing', handler);
    await expect(subject.client.request(get(fake, { timeoutMs: 200 }))).rejects.toMatchObject({
      code: 'WB_OPENSTACK_TIMEOUT',
      observed: expect.stringContaining('within 200 ms') as string,
    });
  });

  test.each<[string, Handler]>([
    ['before the answer', silence],
    ['in the middle of the body', slow],
  ])('is given up %s when the caller says so', async (_name, handler) => {
    await using fake = await FakeCloud.start();
    await using subject = new Subject();
    const controller = new AbortController();
    fake.route('GET', '/thing', (request, response) => {
      setTimeout(() => {
        controller.abort(new Error('enough'));
      }, 50);
      return handler(request, response);
    });
    await expect(subject.client.request(get(fake, { signal: controller.signal }))).rejects.toMatchObject({
      code: 'WB_OPENSTACK_ABORTED',
      cause: { message: 'enough' },
    });
    expect(fake.requests).toHaveLength(1);
  });

  test('is not even asked with a signal that is aborted already', async () => {
    await using fake = await FakeCloud.start();
    await using subject = new Subject();
    await expect(subject.client.request(get(fake, { signal: AbortSignal.abort() }))).rejects.toMatchObject({
      code: 'WB_OPENSTACK_ABORTED',
    });
  });

  test('that breaks off in the middle of the body is not taken for an answer', async () => {
    await using fake = await FakeCloud.start();
    await using subject = new Subject();
    fake.route('POST', '/thing', (request, response) => {
      slow(request, response);
      setTimeout(() => response.socket?.destroy(), 20);
      return undefined;
    });
    await expect(subject.client.request(get(fake, { method: 'POST', json: {} }))).rejects.toMatchObject({
      code: 'WB_OPENSTACK_CONNECTION_LOST',
    });
  });

  test('because nothing listens there is unreachable', async () => {
    await using subject = new Subject();
    const fake = await FakeCloud.start();
    const request = get(fake);
    await fake[Symbol.asyncDispose]();
    await expect(subject.client.request(request)).rejects.toMatchObject({
      code: 'WB_OPENSTACK_UNREACHABLE',
      observed: expect.stringContaining('ECONNREFUSED') as string,
    });
    await expect(
      subject.client.request({ ...request, url: 'http://no-such-host.invalid/' }),
    ).rejects.toMatchObject({ code: 'WB_OPENSTACK_UNREACHABLE' });
  });
});

describe.concurrent('errors', () => {
  test.each([
    [400, 'WB_OPENSTACK_BAD_REQUEST', 'BadRequestError'],
    [401, 'WB_OPENSTACK_UNAUTHORIZED', 'UnauthorizedError'],
    [403, 'WB_OPENSTACK_FORBIDDEN', 'ForbiddenError'],
    [404, 'WB_OPENSTACK_NOT_FOUND', 'NotFoundError'],
    [409, 'WB_OPENSTACK_CONFLICT', 'ConflictError'],
    [413, 'WB_OPENSTACK_OVER_LIMIT', 'OverLimitError'],
    [429, 'WB_OPENSTACK_OVER_LIMIT', 'OverLimitError'],
    [500, 'WB_OPENSTACK_INTERNAL', 'InternalError'],
    [501, 'WB_OPENSTACK_INTERNAL', 'InternalError'],
    [503, 'WB_OPENSTACK_UNAVAILABLE', 'UnavailableError'],
    [418, 'WB_OPENSTACK_HTTP', 'HttpError'],
    [302, 'WB_OPENSTACK_HTTP', 'HttpError'],
  ])('%i is %s', async (status, code, name) => {
    await using fake = await FakeCloud.start();
    await using subject = new Subject();
    fake.route('POST', '/thing', () => ({
      status,
      headers: { 'x-openstack-request-id': 'req-1' },
      json: { computeFault: { message: 'in its own words' } },
    }));
    const error: unknown = await subject.client
      .request(get(fake, { method: 'POST', action: 'create the thing' }))
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code,
      name,
      status,
      method: 'POST',
      url: `${fake.url}/thing`,
      requestId: 'req-1',
    });
    expect(String(error)).toContain('create the thing');
    expect(String(error)).toContain(`POST ${fake.url}/thing answered ${status} (req-1): in its own words`);
  });

  test('have no secrets, whoever repeats them', async () => {
    await using fake = await FakeCloud.start();
    await using subject = new Subject();
    subject.client.redactor.add('tokentokentoken');
    fake.route('GET', '/thing', ({ headers }) => ({
      status: 400,
      text: `bad token ${headers['x-auth-token'] ?? ''}`,
    }));
    const error: unknown = await subject.client
      .request(
        get(fake, {
          url: `${fake.url.replace('//', '//user:urlsecret@')}/thing`,
          headers: { 'x-auth-token': 'tokentokentoken' },
        }),
      )
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ serviceMessage: 'bad token ***' });
    const all = String(error) + JSON.stringify(error) + JSON.stringify(subject.records);
    expect(all).not.toMatch(/tokentokentoken|urlsecret/);
  });

  test('a page that is no JSON says so', async () => {
    await using fake = await FakeCloud.start();
    await using subject = new Subject();
    fake.route('GET', '/thing', () => ({ text: '<html>Welcome</html>' }));
    await expect(subject.client.request(get(fake))).rejects.toMatchObject({
      code: 'WB_OPENSTACK_BAD_ANSWER',
      observed: expect.stringContaining('<html>Welcome') as string,
    });
  });

  test('of a broken answer have no secrets either', async () => {
    await using fake = await FakeCloud.start();
    await using subject = new Subject();
    subject.client.redactor.add('tokentokentoken');
    fake.route('GET', '/thing', () => ({ text: 'tokentokentoken and {"password": "hushhush"' }));
    const error: unknown = await subject.client.request(get(fake)).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'WB_OPENSTACK_BAD_ANSWER' });
    expect(inspect(error, { depth: 9 })).not.toMatch(/tokentok|hushhush/);
  });
});

describe.concurrent('connections', () => {
  test('are as many as allowed and no more', async () => {
    await using fake = await FakeCloud.start();
    await using subject = new Subject({ connections: 3 });
    fake.route('GET', '/thing', (_request, response) => {
      setTimeout(() => {
        response.end('{}');
      }, 20);
      return undefined;
    });
    await Promise.all(Array.from({ length: 20 }, () => subject.client.request(get(fake))));
    expect(fake.mostSockets).toBe(3);
    expect(fake.requests).toHaveLength(20);
  });

  test('with TLS are verified unless told otherwise', async () => {
    const folder = join(import.meta.dirname, '../testing/testdata');
    const cert = await readFile(join(folder, 'certificate.pem'), 'utf8');
    await using fake = await FakeCloud.start({
      tls: { cert, key: await readFile(join(folder, 'key.pem'), 'utf8') },
    });
    fake.route('GET', '/thing', fine);
    await using strict = new Subject();
    await using trusting = new Subject({ ca: cert });
    await using careless = new Subject({ verify: false });
    await expect(strict.client.request(get(fake))).rejects.toMatchObject({
      code: 'WB_OPENSTACK_TLS',
      advice: expect.stringContaining('cacert') as string,
    });
    expect(fake.requests).toHaveLength(0);
    expect(await trusting.client.request(get(fake))).toMatchObject({ status: 200 });
    expect(await careless.client.request(get(fake))).toMatchObject({ status: 200 });
  });
});

describe.concurrent('a client that only looks', () => {
  test.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)('sends no %s', async (method) => {
    await using fake = await FakeCloud.start();
    fake.route(method, '/thing', fine);
    await using transport = new HttpTransport();
    const client = new HttpClient(transport, undefined, { readOnly: true });
    await expect(client.request(get(fake, { method, json: {} }))).rejects.toMatchObject({
      code: 'WB_OPENSTACK_READ_ONLY',
    });
    expect(fake.requests).toEqual([]);
  });

  test('sends GET, and what logs in', async () => {
    await using fake = await FakeCloud.start();
    fake.route('GET', '/thing', fine);
    fake.route('POST', '/v3/auth/tokens', fine);
    await using transport = new HttpTransport();
    const client = new HttpClient(transport, undefined, { readOnly: true });
    await client.request(get(fake));
    await client.request({ action: 'log in', method: 'POST', url: `${fake.url}/v3/auth/tokens`, json: {} });
    expect(fake.requests).toHaveLength(2);
  });
});
