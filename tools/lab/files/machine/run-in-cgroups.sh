#!/bin/sh
# run-in-cgroups.sh PID-FILE CGROUP... -- COMMAND...: the command as a member of these control groups, so that everything
# that it will ever start can be found again. The pid file says which process it is: "PID START-TIME".
# Both are done before the command starts, so there is no moment at which it runs unrecorded.
set -eu
pid_file=$1
shift
while [ "$1" != -- ]; do
  echo $$ > "$1/cgroup.procs"
  shift
done
shift
if [ -n "$pid_file" ]; then
  stat=$(cat /proc/$$/stat)
  # The command's name, in parentheses, may hold blanks; what follows it may not. Field 22 is the start time.
  start=$(echo "${stat##*) }" | cut -d ' ' -f 20)
  echo "$$ $start" > "$pid_file.new"
  mv "$pid_file.new" "$pid_file"
fi
exec "$@"
