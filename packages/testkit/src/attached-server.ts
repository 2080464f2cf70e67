import { actionTimeoutMs, ActedServer } from './acted-server.js';
import { waitForAttachedPort, waitForVolume } from './server-attachments.js';

/** A server of a case and what is attached to it: volumes and ports. */
export abstract class AttachedServer extends ActedServer {
  /** Until Cinder says `in-use`; detached when the case ends. */
  async attachVolume(volumeId: string): Promise<void> {
    await this.act('attach-volume', `attach volume ${volumeId} to ${this.name}`, async () => {
      const { compute, volumes } = this.session.openstack;
      this.atEnd(`detach volume ${volumeId} from ${this.name}`, () => this.#giveBackVolume(volumeId));
      await compute.servers.attachVolume(this.id, volumeId, { signal: this.signal });
      await waitForVolume(volumes, volumeId, 'in-use', this.limits);
      return undefined;
    });
  }

  /** Until Cinder says `available`. */
  async detachVolume(volumeId: string): Promise<void> {
    await this.act('detach-volume', `detach volume ${volumeId} from ${this.name}`, async () => {
      const { compute, volumes } = this.session.openstack;
      await compute.servers.detachVolume(this.id, volumeId, { signal: this.signal });
      await waitForVolume(volumes, volumeId, 'available', this.limits);
      return undefined;
    });
  }

  /** Until Neutron says that the port is the server's; the port itself is removed by whoever made it. */
  async attachPort(portId: string): Promise<void> {
    await this.act('attach-port', `attach port ${portId} to ${this.name}`, async () => {
      const { compute, network } = this.session.openstack;
      await compute.servers.attachPort(this.id, portId, { signal: this.signal });
      await waitForAttachedPort(network, portId, this.id, this.limits);
      return undefined;
    });
  }

  /** Until Neutron says that the port is nobody's. */
  async detachPort(portId: string): Promise<void> {
    await this.act('detach-port', `detach port ${portId} from ${this.name}`, async () => {
      const { compute, network } = this.session.openstack;
      await compute.servers.detachPort(this.id, portId, { signal: this.signal });
      await waitForAttachedPort(network, portId, '', this.limits);
      return undefined;
    });
  }

  async #giveBackVolume(volumeId: string): Promise<void> {
    const { compute, volumes } = this.session.openstack;
    const { attachedServerIds } = await volumes.show(volumeId);
    if (!attachedServerIds.includes(this.id)) return;
    await compute.servers.detachVolume(this.id, volumeId);
    await waitForVolume(volumes, volumeId, 'available', { timeoutMs: actionTimeoutMs });
  }
}
