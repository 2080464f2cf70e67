import type { Limits } from '@whitebox/core';
import type { Image, Images } from '../image/images.js';
import { ResourceStateError } from './state-error.js';
import { watch } from './watch.js';

/** Statuses that lead nowhere else without somebody's doing (glance/api/v2 image statuses). */
const dead = new Set(['killed', 'deleted', 'pending_delete', 'deactivated']);

/** The image once it is active. @throws ResourceStateError `WB_OPENSTACK_STATE_IMPOSSIBLE` at once when it cannot be any more */
export async function waitForImage(images: Images, id: string, limits: Limits = {}): Promise<Image> {
  return watch(
    `image ${id} to become active`,
    async (signal) => {
      const image = await images.show(id, { signal });
      if (image.status === 'active') return { done: true, value: image };
      if (!dead.has(image.status)) return { done: false, seen: image.status };
      throw new ResourceStateError({
        code: 'WB_OPENSTACK_STATE_IMPOSSIBLE',
        action: `wait for image ${id} to become active`,
        observed: `it is ${image.status}`,
        advice: "Upload it again; Glance's log tells why the data was not taken.",
      });
    },
    limits,
  );
}
