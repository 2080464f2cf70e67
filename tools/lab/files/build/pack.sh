#!/bin/bash
# The finished root filesystem as one compressed file, which hosts use as it is. Environment: OUTPUT.
. "$FILES/build/common.sh"
rm -f "$OUTPUT"
mksquashfs "$ROOT" "$OUTPUT" -comp zstd -Xcompression-level 3 -noappend -no-progress -quiet -wildcards \
  -e 'proc/*' 'dev/*' 'sys/*' 'tmp/*' 'run/*' 'var/cache/apt/*.bin' 'var/cache/apt/archives/*' 'var/lib/apt/lists/*' 'var/log/*.log'
sync "$OUTPUT"
