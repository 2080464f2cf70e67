#!/bin/bash
# A minimal system with apt. Environment: SOURCES, SUITE, APT_OPTIONS (one option per line, for instance a proxy).
. "$FILES/build/common.sh"
options=()
while IFS= read -r option; do
  [ -z "$option" ] || options+=("--aptopt=$option")
done <<< "${APT_OPTIONS:-}"
sources=()
while IFS= read -r line; do
  [ -z "$line" ] || sources+=("$line")
done <<< "$SOURCES"
TMPDIR=$WORK mmdebstrap --variant=apt --mode=root --skip=check/empty \
  --aptopt='Acquire::Languages "none"' --aptopt='APT::Install-Recommends "false"' "${options[@]}" \
  --dpkgopt=force-unsafe-io --include=eatmydata,ca-certificates "$SUITE" "$ROOT" "${sources[@]}"
