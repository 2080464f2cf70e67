#!/bin/bash
# The emulator of processors and memory (tools/lab/topology), compiled by the distribution's compiler. The compiler is
# unpacked beside the root filesystem, not into it. Environment: SOURCES, SUITE, APT_OPTIONS, TOPOLOGY (the folder with src/).
. "$FILES/build/common.sh"
options=()
while IFS= read -r option; do
  [ -z "$option" ] || options+=("--aptopt=$option")
done <<< "${APT_OPTIONS:-}"
sources=()
while IFS= read -r line; do
  [ -z "$line" ] || sources+=("$line")
done <<< "$SOURCES"
compiler=$WORK/compiler
rm -rf "$compiler"
# The packages that an earlier build has fetched are taken from the cache, and those of this one go there.
mkdir -p "$compiler/var/cache/apt/archives"
mount --bind "$ARCHIVES" "$compiler/var/cache/apt/archives"
TMPDIR=$WORK mmdebstrap --variant=extract --mode=root --skip=check/empty,download/empty,cleanup/apt \
  --aptopt='Acquire::Languages "none"' --aptopt='APT::Install-Recommends "false"' "${options[@]}" \
  --include=gcc,libc6-dev,linux-libc-dev "$SUITE" "$compiler" "${sources[@]}"
umount "$compiler/var/cache/apt/archives"
cp -r "$TOPOLOGY/src" "$compiler/src"
files=("$compiler"/src/*.c)
# Packages are only unpacked: there is no shell in there.
TMPDIR=/ chroot "$compiler" /usr/bin/gcc @/src/compiler-flags -o /lab-topology "${files[@]#"$compiler"}"
install -m 755 "$compiler/lab-topology" "$ROOT/usr/local/sbin/lab-topology"
rm -rf "$compiler"
