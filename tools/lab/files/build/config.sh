#!/bin/bash
# What is the same on every host of every lab: accounts, start order, which units are off. No secret, no address.
# Environment: USER_NAME, USER_GROUPS, KEEP_ENABLED, DISABLED_UNITS, MASKED_UNITS, EBTABLES, PYTHON_USER (nova).
. "$FILES/build/common.sh"
mount_kernel_filesystems
cp -r --no-preserve=ownership "$FILES/root/." "$ROOT/"
chmod 755 "$ROOT"/usr/local/sbin/*
# See files/root/usr/local/sbin/ebtables-none for why.
in_root update-alternatives --install "$EBTABLES" ebtables /usr/local/sbin/ebtables-none 100

# See each for why.
in_root dpkg-divert --local --rename --divert /sbin/cryptsetup.real --add /sbin/cryptsetup
ln -s /usr/local/sbin/lab-cryptsetup "$ROOT/usr/sbin/cryptsetup"
ln -s /usr/local/sbin/lab-mount-nfs "$ROOT/usr/sbin/mount.nfs"
ln -s /usr/local/sbin/lab-ndctl "$ROOT/usr/bin/ndctl"
ln -s /usr/local/sbin/lab-daxio "$ROOT/usr/bin/daxio"
mkdir -p "$ROOT/srv/volumes"

in_root useradd --create-home --shell /bin/bash --uid 1000 --groups "$USER_GROUPS" "$USER_NAME"
echo "$USER_NAME ALL=(ALL) NOPASSWD: ALL" > "$ROOT/etc/sudoers.d/$USER_NAME"
chmod 440 "$ROOT/etc/sudoers.d/$USER_NAME"
# Cold migration copies disks over ssh as this user.
in_root usermod --shell /bin/bash nova

# Enabled is only what each role asks for (src/distribution.ts), once the host is made.
find "$ROOT/etc/systemd/system" -path '*.wants/*' -type l -printf '%f\n' | sort -u | while read -r unit; do
  keep=no
  for pattern in $KEEP_ENABLED; do
    # shellcheck disable=SC2254 # a pattern on purpose
    case $unit in $pattern) keep=yes ;; esac
  done
  [ "$keep" = yes ] || systemctl --root="$ROOT" --quiet disable "$unit" || true
done
# shellcheck disable=SC2086 # lists of names
{
  systemctl --root="$ROOT" --quiet disable $DISABLED_UNITS || true
  systemctl --root="$ROOT" --quiet mask $MASKED_UNITS
}
systemctl --root="$ROOT" --quiet enable lab-kernel-interfaces.service lab-topology.service

# Each host of each lab gets its own of these.
rm -f "$ROOT"/etc/ssh/ssh_host_* "$ROOT/etc/hostname" "$ROOT/var/lib/dbus/machine-id" "$ROOT/var/lib/rabbitmq/.erlang.cookie"
: > "$ROOT/etc/machine-id"
: > "$ROOT/etc/fstab"
: > "$ROOT/etc/resolv.conf"
# libvirt's own network would want a bridge and a dnsmasq in every host.
rm -f "$ROOT/etc/libvirt/qemu/networks/autostart/default.xml"
rm -f "$ROOT/var/lib/nova/novadb" "$ROOT/var/lib/neutron/neutrondb"
