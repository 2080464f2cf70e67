import type { Limits } from '@whitebox/core';
import { decodeCatalog, type CatalogEntry } from '../catalog.js';
import type { HttpAnswer, HttpClient } from '../http/http-client.js';
import { CredentialsError } from '../errors.js';
import { NotFoundError } from '../http/http-error.js';
import { Fields, type JsonObject } from '../json.js';
import { type Credentials, type DomainReference, type OwnedReference, type Scope } from './credentials.js';
import { Secret } from '@whitebox/core';
import { reveal } from './reveal.js';

/** A token and what Keystone says of it, times by its own clock. */
export interface Token {
  readonly secret: Secret;
  /** null: never. */
  readonly expiresAt: Date | null;
  /** Milliseconds by which the clock of Keystone was ahead of this machine's. */
  readonly clockAheadMs: number;
  readonly issuedAt: Date;
  readonly catalog: readonly CatalogEntry[];
  readonly userId: string;
  readonly userName: string;
  /** null unless the token is of a project. */
  readonly projectId: string | null;
  readonly projectName: string | null;
  readonly roles: readonly string[];
}

/** Keystone's v3 address, whichever of its addresses was given. */
export function identityUrl(authUrl: string): string {
  return `${authUrl.replace(/\/+$/, '').replace(/\/v(2\.0|3)$/, '')}/v3`;
}

/** Gets a token, as in keystone's api-ref "Password / Token / Application credential authentication". */
export async function authenticate(
  http: HttpClient,
  credentials: Credentials,
  limits: Limits,
): Promise<Token> {
  const url = `${identityUrl(credentials.authUrl)}/auth/tokens`;
  const { proof, scope } = credentials;
  const action = `authenticate with ${credentials.source ?? 'the given credentials'}`;
  // A token that is taken as it is: Keystone would give a new one only with the same end of life.
  if (proof.kind === 'token' && scope.kind === 'unscoped') {
    const token = reveal(proof.token);
    http.redactor.add(token);
    const headers = { 'x-auth-token': token, 'x-subject-token': token };
    return decodeToken(
      await http.request({ ...limits, action, method: 'GET', url, headers }),
      new Secret(token),
    );
  }
  const answer = await http
    .request({
      ...limits,
      action,
      method: 'POST',
      url,
      json: { auth: { identity: identityOf(credentials, http), ...scopeOf(scope) } },
      idempotent: true,
    })
    .catch((error: unknown) => {
      // Keystone says 404 to a token that it does not know, and else never here.
      if (!(error instanceof NotFoundError) || proof.kind === 'token') throw error;
      throw noKeystone(action, url, 'there is no such address (404)', error);
    });
  const token = answer.headers['x-subject-token'];
  if (token === undefined) throw noKeystone(action, url, 'the answer has no X-Subject-Token');
  http.redactor.add(token);
  return decodeToken(answer, new Secret(token));
}

function noKeystone(action: string, url: string, observed: string, cause?: unknown): CredentialsError {
  return new CredentialsError({
    code: 'WB_OPENSTACK_CREDENTIALS',
    action,
    observed: `POST ${url}: ${observed}`,
    advice: 'Is auth_url that of Keystone? It often has port 5000 or ends in /identity.',
    cause,
  });
}

function identityOf({ proof }: Credentials, http: HttpClient): JsonObject {
  switch (proof.kind) {
    case 'password': {
      const password = reveal(proof.password);
      http.redactor.add(password);
      return { methods: ['password'], password: { user: { ...reference(proof.user), password } } };
    }
    case 'application-credential': {
      const secret = reveal(proof.secret);
      http.redactor.add(secret);
      const who =
        proof.id === undefined
          ? { name: proof.name, ...(proof.user === undefined ? {} : { user: reference(proof.user) }) }
          : { id: proof.id };
      return { methods: ['application_credential'], application_credential: { ...who, secret } };
    }
    case 'token': {
      const token = reveal(proof.token);
      http.redactor.add(token);
      return { methods: ['token'], token: { id: token } };
    }
  }
}

function scopeOf(scope: Scope): JsonObject {
  switch (scope.kind) {
    case 'project':
      return { scope: { project: reference(scope.project) } };
    case 'domain':
      return { scope: { domain: domain(scope.domain) } };
    case 'system':
      return { scope: { system: { all: true } } };
    case 'unscoped':
      return {};
  }
}

function reference(owned: OwnedReference): JsonObject {
  if (owned.id !== undefined) return { id: owned.id };
  return { name: owned.name, ...(owned.domain === undefined ? {} : { domain: domain(owned.domain) }) };
}

function domain(value: DomainReference): JsonObject {
  return value.id === undefined ? { name: value.name } : { id: value.id };
}

function decodeToken(answer: HttpAnswer, secret: Secret): Token {
  const token = new Fields(answer.body, 'answer').object('token');
  const user = token.object('user');
  const project = token.objectOrNull('project');
  const expires = token.stringOrNull('expires_at');
  const clockAheadMs = Date.parse(answer.headers['date'] ?? '') - Date.now();
  return {
    secret,
    clockAheadMs: Number.isNaN(clockAheadMs) ? 0 : clockAheadMs,
    expiresAt: expires === null ? null : new Date(expires),
    issuedAt: new Date(token.string('issued_at')),
    catalog: decodeCatalog(token),
    userId: user.string('id'),
    userName: user.string('name'),
    projectId: project?.string('id') ?? null,
    projectName: project?.string('name') ?? null,
    roles: token.objectsOrNone('roles').map((role) => role.string('name')),
  };
}
