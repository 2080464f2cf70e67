/** What is known of a guest whose image should have come straight out of Ceph. */
export interface RbdDownload {
  readonly imageId: string;
  /** Where Glance says that the image is: `rbd://FSID/POOL/IMAGE/SNAPSHOT`; undefined where it does not tell. */
  readonly directUrl: string | undefined;
  /** `[glance] rbd_pool` of the compute. */
  readonly pool: string | undefined;
  /** What nova-compute logged while it booted the guest, with debugging. */
  readonly log: readonly string[];
  /** Disks of the domain XML. */
  readonly disks: readonly { readonly protocol: string | undefined; readonly path: string | undefined }[];
}

/**
 * What is wrong with a direct download, one line each. The attempt is logged by rbd_download of nova/image/glance.py; when it
 * fails Nova falls back to HTTP and says so.
 */
export function rbdDifferences({ imageId, directUrl, pool, log, disks }: RbdDownload): string[] {
  const attempt = log.find(
    (line) => line.includes('Attempting to export RBD image') && line.includes(`[image_uuid: ${imageId}]`),
  );
  const found = /\[pool_name: ([^\]]*)\]/.exec(attempt ?? '')?.[1];
  const fallback = log.find((line) => line.includes('Error during RBD image export'));
  const [root] = disks;
  return [
    ...(directUrl?.startsWith('rbd://') === true
      ? []
      : [`Glance has the image at ${directUrl ?? 'no place that it tells'}`]),
    ...(attempt === undefined ? [`nova-compute did not export image ${imageId} from RBD`] : []),
    ...(attempt !== undefined && found !== pool
      ? [`exported from pool ${found ?? 'none'}, configured is ${pool ?? 'none'}`]
      : []),
    ...(fallback === undefined ? [] : [`nova-compute fell back: ${fallback}`]),
    // images_type default: the copy is a file. The predecessor means to check this and never does (W9).
    ...(root?.path === undefined || root.protocol !== undefined
      ? [`the root disk is no file: ${root?.protocol ?? 'there is none'}`]
      : []),
  ];
}
