#!/bin/bash
# The guest: the distribution's cloud kernel and a busybox initramfs. Here are made the parts that are the same for every
# lab; files/guest/make-image.sh adds the lab's key and makes the disk. Environment: GUEST_KERNEL (a package name),
# GUEST_PACKAGES, GUEST_MODULES, GUEST_USER, LIBRARIES (a folder).
. "$FILES/build/common.sh"
mount_kernel_filesystems
unpacked=$WORK/guest-packages initramfs=$WORK/guest-initramfs
rm -rf "$unpacked" "$initramfs"
mkdir -p "$unpacked" "$initramfs"

mount --bind "$ARCHIVES" "$ROOT/var/cache/apt/archives"
mount --bind "$WORK/apt/lists" "$ROOT/var/lib/apt/lists"
kernel=$(in_root apt-cache depends "$GUEST_KERNEL" | awk '/Depends: linux-image/ { print $2; exit }')
for package in $kernel $GUEST_PACKAGES; do
  version=$(in_root apt-cache policy "$package" | awk '/Candidate:/ { print $2 }')
  file=$(find "$ARCHIVES" -maxdepth 1 -name "${package}_${version//:/%3a}_*.deb" | head -n 1)
  if [ -z "$file" ]; then
    cp /etc/resolv.conf "$ROOT/etc/resolv.conf"
    (cd "$ROOT/tmp" && in_root sh -c "cd /tmp && apt-get -o APT::Sandbox::User=root download $package")
    : > "$ROOT/etc/resolv.conf"
    mv "$ROOT"/tmp/*.deb "$ARCHIVES/"
    file=$(find "$ARCHIVES" -maxdepth 1 -name "${package}_*.deb" | head -n 1)
  fi
  dpkg-deb -x "$file" "$unpacked"
done

cd "$initramfs"
mkdir -p bin sbin proc sys dev etc/acpi/PWRF etc/dropbear modules root tmp run var/log mnt usr/share/udhcpc \
  "home/$GUEST_USER" "${LIBRARIES#/}" lib64
cp "$ROOT/bin/busybox" bin/
cp "$unpacked/usr/sbin/dropbear" sbin/
cp "$unpacked/usr/bin/dropbearkey" "$ROOT/usr/bin/numactl" "$ROOT/usr/bin/lscpu" bin/
cp "$FILES/guest/init" init
cp "$FILES/guest/power-button" etc/acpi/PWRF/00000080
cp "$FILES/guest/udhcpc.script" usr/share/udhcpc/default.script
chmod 755 init etc/acpi/PWRF/00000080 usr/share/udhcpc/default.script

# Shared libraries of these: those of the packages unpacked here, the rest from the root filesystem.
for library in libtomcrypt.so.1 libtommath.so.1 libgmp.so.10 libcrypt.so.1 libz.so.1 libc.so.6 libm.so.6 libnss_files.so.2 \
  libnuma.so.1 libsmartcols.so.1; do
  found=$(find "$unpacked" "$ROOT$LIBRARIES" "$ROOT/usr$LIBRARIES" -name "$library" 2> /dev/null | head -n 1)
  cp -L "$found" "${LIBRARIES#/}/$library"
done
cp -L "$ROOT/lib64/ld-linux-x86-64.so.2" lib64/

# Modules in the order in which they can be loaded, from the "depends" field that each carries.
modules=$(find "$unpacked/lib/modules" -mindepth 2 -maxdepth 2 -name kernel)
: > modules/order
copy_module() {
  local name=$1 file dependency
  ! grep -qx "${name//-/_}" modules/order || return 0
  file=$(find "$modules" -name "${name}.ko" -o -name "${name//_/-}.ko" -o -name "${name//-/_}.ko" | head -n 1)
  [ -n "$file" ] || return 0
  for dependency in $(tr '\0' '\n' < "$file" | grep -a '^depends=' | cut -d= -f2 | tr , ' '); do
    copy_module "$dependency"
  done
  cp "$file" "modules/${name//-/_}.ko"
  echo "${name//-/_}" >> modules/order
}
for module in $GUEST_MODULES; do copy_module "$module"; done

printf 'root:x:0:0:root:/root:/bin/sh\n%s:x:1000:1000::/home/%s:/bin/sh\n' "$GUEST_USER" "$GUEST_USER" > etc/passwd
printf 'root:x:0:\n%s:x:1000:\n' "$GUEST_USER" > etc/group
# No password opens these accounts, only the lab's key.
printf 'root:*:19000:0:99999:7:::\n%s:*:19000:0:99999:7:::\n' "$GUEST_USER" > etc/shadow
echo /bin/sh > etc/shells

mkdir -p "$ROOT/usr/local/share/lab-guest"
find . | "$ROOT/bin/busybox" cpio -o -H newc 2> /dev/null | gzip -6 > "$ROOT/usr/local/share/lab-guest/initrd.gz"
cp "$unpacked"/boot/vmlinuz-* "$ROOT/usr/local/share/lab-guest/vmlinuz"
cp "$FILES/guest/syslinux.cfg" "$FILES/guest/grub.cfg" "$ROOT/usr/local/share/lab-guest/"
# What UEFI starts: signed, and so is the kernel, so that firmware with Secure Boot takes them.
cp "$unpacked/usr/lib/shim/shimx64.efi.signed" "$ROOT/usr/local/share/lab-guest/BOOTX64.EFI"
cp "$unpacked/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed" "$ROOT/usr/local/share/lab-guest/grubx64.efi"
cp "$FILES/guest/make-image.sh" "$ROOT/usr/local/sbin/lab-make-image"
chmod 755 "$ROOT/usr/local/sbin/lab-make-image"
