import { CredentialsError } from '../errors.js';
import type { Secret } from '@whitebox/core';

/** Which of a service's addresses is used. */
export type EndpointInterface = 'public' | 'internal' | 'admin';

/** A domain, project or user by id, or by name together with its domain. */
export interface DomainReference {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

export interface OwnedReference extends DomainReference {
  /** Needed with a name, not with an id. */
  readonly domain?: DomainReference | undefined;
}

export type Scope =
  | { readonly kind: 'project'; readonly project: OwnedReference }
  | { readonly kind: 'domain'; readonly domain: DomainReference }
  | { readonly kind: 'system' }
  /** Whatever Keystone gives: the user's default project, the application credential's project, the token's own scope. */
  | { readonly kind: 'unscoped' };

export type Proof =
  | { readonly kind: 'password'; readonly user: OwnedReference; readonly password: Secret | string }
  | {
      readonly kind: 'application-credential';
      readonly id?: string | undefined;
      /** With `user`, instead of `id`. */
      readonly name?: string | undefined;
      readonly user?: OwnedReference | undefined;
      readonly secret: Secret | string;
    }
  | { readonly kind: 'token'; readonly token: Secret | string };

export interface TlsFiles {
  /** Path of a PEM file with the authorities to trust instead of the system's. */
  readonly caFile?: string | undefined;
  readonly certificateFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** false: certificates are not verified. Never implied; only where it was said. */
  readonly verify?: boolean | undefined;
}

/** Who one is on which cloud. Made by the `credentialsFrom...` functions or by hand. */
export interface Credentials {
  /** Keystone's address, with or without `/v3`. */
  readonly authUrl: string;
  readonly proof: Proof;
  readonly scope: Scope;
  /** Without it the catalogue must have one region only. */
  readonly regionName?: string | undefined;
  /** Default `public`. */
  readonly interface?: EndpointInterface | undefined;
  /** Service type -> address that is used instead of the catalogue's. */
  readonly endpointOverrides?: Readonly<Record<string, string>> | undefined;
  readonly tls?: TlsFiles | undefined;
  /** Where these were read, for error messages: "cloud lab of /etc/openstack/clouds.yaml". */
  readonly source?: string | undefined;
}

export function credentialsError(
  source: string,
  observed: string,
  advice: string,
  cause?: unknown,
): CredentialsError {
  return new CredentialsError({
    code: 'WB_OPENSTACK_CREDENTIALS',
    action: `read credentials from ${source}`,
    observed,
    advice,
    cause,
  });
}
