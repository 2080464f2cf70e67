import type { OpenStack } from '@whitebox/openstack';
import { TestkitError } from './errors.js';
import type { Settings } from './settings.js';

export interface TestImages {
  /** What servers boot from. */
  readonly imageId: string;
  /** What they are rebuilt with, where the configuration names one. */
  readonly imageIdAlt: string | undefined;
}

/** The images of the configuration, or the only one that the cloud has. */
export async function resolveImages(
  openstack: OpenStack,
  { imageRef, imageRefAlt }: Pick<Settings, 'imageRef' | 'imageRefAlt'>,
): Promise<TestImages> {
  const find = async (ref: string): Promise<string> => (await openstack.images.find(ref)).id;
  if (imageRef !== undefined) {
    return {
      imageId: await find(imageRef),
      imageIdAlt: imageRefAlt === undefined ? undefined : await find(imageRefAlt),
    };
  }
  const active = (await openstack.images.list()).filter(({ status }) => status === 'active');
  const [only] = active;
  if (only !== undefined && active.length === 1) return { imageId: only.id, imageIdAlt: undefined };
  throw new TestkitError({
    code: 'WB_TESTKIT_NO_IMAGE',
    action: 'choose the image to boot from',
    observed: `no [compute] image_ref in the configuration, and the cloud has ${active.length} active images`,
    advice: `Set [compute] image_ref to one of: ${
      active
        .map(({ name, id }) => name ?? id)
        .slice(0, 10)
        .join(', ') || 'an image that you upload'
    }.`,
  });
}
