#!/bin/bash
# lab-make-image NAME USER < PUBLIC-KEY: writes /run/lab-images/NAME.qcow2, a guest that lets the owner of the key in.
# BIOS finds syslinux on the disk, UEFI finds shim and GRUB; the kernel is the same.
# A second initramfs, unpacked over the first, holds what is this lab's own.
set -euo pipefail
name=$1 user=$2
parts=/usr/local/share/lab-guest
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/own/root/.ssh" "$work/own/home/$user/.ssh" "$work/own/etc" /run/lab-images
cat > "$work/own/root/.ssh/authorized_keys"
cp "$work/own/root/.ssh/authorized_keys" "$work/own/home/$user/.ssh/"
chmod 700 "$work/own/root" "$work"/own/{root,"home/$user"}/.ssh
chmod 600 "$work"/own/{root,"home/$user"}/.ssh/authorized_keys
chown -R 1000:1000 "$work/own/home/$user"
echo "$name" > "$work/own/etc/lab-image"
(cd "$work/own" && find . | busybox cpio -o -H newc 2> /dev/null | gzip -6) > "$work/lab.gz"
disk=$work/disk
truncate -s 32M "$disk"
mkfs.vfat -n LABGUEST "$disk" > /dev/null
mcopy -i "$disk" "$parts/vmlinuz" "$parts/initrd.gz" "$parts/syslinux.cfg" "$work/lab.gz" ::/
mmd -i "$disk" ::/EFI ::/EFI/BOOT ::/EFI/debian
mcopy -i "$disk" "$parts/BOOTX64.EFI" "$parts/grubx64.efi" ::/EFI/BOOT/
# Where the signed GRUB looks for it.
mcopy -i "$disk" "$parts/grub.cfg" ::/EFI/debian/
syslinux --install "$disk"
# Not compressed: kernel and initramfs are already, and it would take seconds.
qemu-img convert -O qcow2 "$disk" "/run/lab-images/$name.qcow2"
