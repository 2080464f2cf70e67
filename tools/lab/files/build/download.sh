#!/bin/bash
# Fetches every package of the lab while the base system is being made. apt resolves them against an empty dpkg status,
# that is, as for a machine with nothing installed, and keeps its state in WORK: the machine's own is not touched.
# Environment: SOURCES, PACKAGES, GUEST_KERNEL, GUEST_PACKAGES.
. "$FILES/build/common.sh"
state=$WORK/apt
mkdir -p "$ARCHIVES/partial" "$state/lists/partial"
: > "$state/status"
printf '%s\n' "$SOURCES" > "$state/sources.list"
options=(-o Dir::State::status="$state/status" -o Dir::State::lists="$state/lists" -o Dir::Cache::archives="$ARCHIVES"
  -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o Dir::State::extended_states="$state/extended"
  -o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null
  -o APT::Sandbox::User=root -o Acquire::Languages=none -o APT::Keep-Downloaded-Packages=true)
apt-get update "${options[@]}"
# shellcheck disable=SC2086 # lists of names
apt-get install --yes --no-install-recommends --download-only "${options[@]}" $PACKAGES eatmydata ca-certificates \
  $GUEST_KERNEL $GUEST_PACKAGES
