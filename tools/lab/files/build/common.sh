# Sourced by every build stage. Each stage runs in mount and process namespaces of its own (see src/stage-command.ts), so
# whatever it mounts or starts is gone when it ends, however it ends.
#
# Environment: ROOT (the root filesystem in the making), WORK (scratch folder), ARCHIVES (packages kept between builds),
# FILES (the folder above this one), SUITE, SOURCES (lines of an apt sources.list), and what each stage names.
set -euo pipefail
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive DEBCONF_NONINTERACTIVE_SEEN=true

# What programs in ROOT expect to find mounted. /dev is the machine's: postinst scripts need null, urandom and the like.
mount_kernel_filesystems() {
  mount -t proc proc "$ROOT/proc"
  mount -t sysfs -o ro sysfs "$ROOT/sys"
  mount --bind /dev "$ROOT/dev"
  mount -t tmpfs tmpfs "$ROOT/run"
  mount -t tmpfs tmpfs "$ROOT/tmp"
  mkdir -p "$ROOT/run/lock"
}

in_root() { chroot "$ROOT" /usr/bin/env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"; }
