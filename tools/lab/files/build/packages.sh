#!/bin/bash
# Installs everything, starts nothing. Environment: PACKAGES.
. "$FILES/build/common.sh"
printf '#!/bin/sh\nexit 101\n' > "$ROOT/usr/sbin/policy-rc.d"
chmod 755 "$ROOT/usr/sbin/policy-rc.d"
# Manual pages, documentation and translations are a third of the disk.
cat > "$ROOT/etc/dpkg/dpkg.cfg.d/lab" <<'CFG'
path-exclude=/usr/share/man/*
path-exclude=/usr/share/locale/*
path-exclude=/usr/share/doc/*
path-include=/usr/share/doc/*/copyright
force-unsafe-io
CFG
cp /etc/resolv.conf "$ROOT/etc/resolv.conf"
mount_kernel_filesystems
mount --bind "$ARCHIVES" "$ROOT/var/cache/apt/archives"
# The lists that the download was resolved with; mmdebstrap has removed its own.
mount --bind "$WORK/apt/lists" "$ROOT/var/lib/apt/lists"
# The OpenStack packages ask through debconf whether to set up a database or to register an endpoint; the
# non-interactive default of all of these is no, which is what is wanted.
#
# Byte-compiling package by package is half of the installation time: leave it out, compile all at the end in parallel.
in_root dpkg-divert --local --rename --divert /usr/bin/py3compile.real --add /usr/bin/py3compile
printf '#!/bin/sh\nexit 0\n' > "$ROOT/usr/bin/py3compile"
chmod 755 "$ROOT/usr/bin/py3compile"
# shellcheck disable=SC2086 # a list of names
in_root eatmydata apt-get install --yes --no-install-recommends -o APT::Keep-Downloaded-Packages=true \
  -o APT::Sandbox::User=root -o Dpkg::Options::=--force-confdef $PACKAGES
rm "$ROOT/usr/bin/py3compile"
in_root dpkg-divert --local --rename --remove /usr/bin/py3compile
# A few modules are not for this Python version and do not compile; they are not used either.
in_root python3 -m compileall -q -j "$(nproc)" /usr/lib/python3/dist-packages > /dev/null || true
rm -f "$ROOT/usr/sbin/policy-rc.d" "$ROOT"/etc/apt/apt.conf.d/99mmdebstrap
