#!/bin/sh
# own-mounts.sh ROOT COMMAND...: the command without the file systems of other hosts, its own layers included.
# systemd-nspawn moves the root of a host over the machine's instead of leaving that behind. So a host would hold, unseen,
# every file system of the machine that was mounted when it started, and a loop device would outlive its unmounting for as
# long as that host runs. To be started in a mount namespace of its own; the overlay of the root holds what it lies over.
set -eu
root=$1
shift
# Field 5 is the mount point; the type follows a lone dash. The last that was mounted goes first.
awk -v own="$root" '{
  path = $5
  type = substr($0, index($0, " - ") + 3)
  sub(/ .*/, "", type)
  if (path == own) next
  if ((type == "overlay" && path ~ /\/hosts\/[^\/]+\/root$/) ||
      (type == "ext4" && path ~ /\/hosts\/[^\/]+\/disk$/) ||
      (type == "squashfs" && path ~ /\/base$/)) found[++count] = path
} END { for (; count > 0; count--) print found[count] }' /proc/self/mountinfo |
  while IFS= read -r path; do umount --lazy "$path"; done
exec "$@"
