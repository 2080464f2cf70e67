import type { JsonObject, NewPort, NewVolumeEncryption } from '@whitebox/openstack';
import { CaseResources, type ImageOptions, type VolumeOptions } from './case-resources.js';
import { ConfiguredCloud, type ConfiguredCloudOptions } from './configured-cloud.js';

/** The cloud with what servers of a case need beside themselves: images, volumes, ports and networks of its own. */
export abstract class ProvisionedCloud extends ConfiguredCloud {
  protected readonly resources: CaseResources;

  constructor(options: ConfiguredCloudOptions) {
    super(options);
    this.resources = new CaseResources(options.session, options.cleanup, options.signal);
  }

  /** Id of the image of the configuration: what servers boot from when nothing else is said. */
  async defaultImage(): Promise<string> {
    return (await this.session.images()).imageId;
  }

  /** An image other than the configured one, to rebuild with: `image_ref_alt`, or a copy made for this case. */
  async alternativeImage(): Promise<string> {
    const { imageId, imageIdAlt } = await this.session.images();
    if (imageIdAlt !== undefined && imageIdAlt !== imageId) return imageIdAlt;
    return this.image({ sourceId: imageId });
  }

  /**
   * A copy of an image, with properties of its own: `cloud.image({ properties: { hw_pmu: 'true' } })`; or one of bytes:
   * `cloud.image({ content: { bytes, diskFormat: 'iso' } })`. @returns its id
   */
  async image(options: ImageOptions = {}): Promise<string> {
    const name = this.session.nextName();
    const what =
      options.content === undefined ? 'copy the image' : `make an ${options.content.diskFormat} image`;
    const properties = Object.entries(options.properties ?? {}).map(([key, value]) => `${key}=${value}`);
    await this.say(`${what} as ${name}${properties.length === 0 ? '' : ` (${properties.join(', ')})`}`);
    return this.resources.image(name, options);
  }

  /** A volume that is available. @returns its id */
  async volume(options: VolumeOptions = {}): Promise<string> {
    const name = this.session.nextName();
    const text = `make volume ${name}`;
    await this.say(text);
    this.guard?.volumes(1, text);
    return this.resources.volume(name, options);
  }

  /** A type whose volumes are encrypted, for {@link volume}; by default with LUKS that the compute opens. @returns its id */
  async encryptedVolumeType(encryption: Partial<NewVolumeEncryption> = {}): Promise<string> {
    const name = this.session.nextName();
    await this.say(`make a type of encrypted volumes ${name}`);
    return this.resources.volumeType(name, {
      provider: 'luks',
      cipher: 'aes-xts-plain64',
      keyBits: 256,
      controlLocation: 'front-end',
      ...encryption,
    });
  }

  /** @returns the id of the new port */
  async port(port: Omit<NewPort, 'name'>): Promise<string> {
    const name = this.session.nextName();
    await this.say(`make port ${name}`);
    return this.resources.port(name, port);
  }

  /** @param body as Neutron spells it, without the name: `{ 'provider:network_type': 'vlan' }`. @returns the id of the new network */
  async network(body: JsonObject): Promise<string> {
    const name = this.session.nextName();
    await this.say(`make network ${name}`);
    return this.resources.network(name, body);
  }
}
