import { openDocument } from './open-document.js';
import type { XmlOptions } from './xml-document.js';

/** A libvirt secret without its value: https://libvirt.org/formatsecret.html */
export interface Secret {
  readonly uuid: string;
  readonly ephemeral: boolean;
  /** Whether its value cannot be read back. */
  readonly private: boolean;
  readonly description: string | undefined;
  /** undefined when it says not what it is for. */
  readonly usage: SecretUsage | undefined;
}

export interface SecretUsage {
  /** volume, ceph, iscsi, tls, vtpm */
  readonly type: string;
  /** The volume, or the name or target that the XML calls it. */
  readonly id: string | undefined;
}

/**
 * @param xml what `virsh secret-dumpxml` prints
 * @throws XmlError; the codes are listed there
 */
export function parseSecret(xml: string | Uint8Array, options: XmlOptions = {}): Secret {
  const secret = openDocument(xml, 'secret', options);
  const usage = secret.child('usage');
  return {
    uuid: secret.needText('uuid').toLowerCase(),
    ephemeral: secret.flag('ephemeral') ?? false,
    private: secret.flag('private') ?? false,
    description: secret.textOf('description'),
    usage: usage && {
      type: usage.need('type'),
      id: usage.textOf('volume') ?? usage.textOf('name') ?? usage.textOf('target'),
    },
  };
}
