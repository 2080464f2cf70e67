/**
 * Runs `"$@"` in place of the shell (exec, so no process more), after it has said who it is: arguments are a word that
 * nobody else uses, the number of lines on standard input that are to be evaluated first (they export the environment,
 * whose values must not be in arguments), and the program with its arguments.
 *
 * Nothing is started when there is nobody left to hear who it is: whoever gave up needs no second look.
 *
 * It writes `<word> <pid> <content of /proc/<pid>/stat>`, so that the program can be ended later without hitting a
 * successor with the same pid. WHITEBOX_RUN marks all descendants, also those that leave the session. When the program
 * cannot be started it writes `\001<word> <status>`; only the shell knows that apart from a program that exits with 127.
 */
export const runScript = `shopt -s execfail 2>/dev/null
wb_run=$1 wb_lines=$2 wb_script=
shift 2
while [ "$wb_lines" -gt 0 ]; do
  IFS= read -r wb_line || exit 125
  wb_script="$wb_script$wb_line
"
  wb_lines=$((wb_lines - 1))
done
eval "$wb_script"
export WHITEBOX_RUN="$wb_run"
wb_line=
{ IFS= read -r wb_line </proc/$$/stat; } 2>/dev/null
printf '%s %s %s\\n' "$wb_run" "$$" "$wb_line" || exit
trap 'printf "\\001%s %s\\n" "$wb_run" "$?"' EXIT
exec "$@"
exit
`;

/**
 * Ends a program that {@link runScript} started, with all its descendants: arguments are its word, its pid and the time
 * when it started (field 22 of /proc/pid/stat; empty where unknown). SIGTERM first, SIGKILL after two seconds. Exits
 * with 0 when none of them is left, otherwise prints the process ids that are.
 *
 * A process belongs to it when it descends from it, is in the session that it leads, or has its word in the
 * environment. Each round looks again, because what is being ended may still start something.
 */
export const endScript = `run=$1 root=$2 start=$3 known=' ' told=' ' round=0
if ! [ -r /proc/self/stat ]; then
  kill -s TERM -- "-$root" "$root" 2>/dev/null
  sleep 1
  kill -s KILL -- "-$root" "$root" 2>/dev/null
  exit 0
fi
newline='
'
look() {
  alive=' ' victims=' ' table= part=
  IFS=$newline
  set -f
  set -- $(set +f; cat /proc/[0-9]*/stat 2>/dev/null)
  IFS=' '
  for line in "$@"; do
    # A name may hold a line break: then the entry goes on in the next line.
    part="$part$line"
    case $part in *') '*) ;; *) continue ;; esac
    pid=\${part%% *}
    set -- \${part##*) }
    part=
    case $1 in Z | X) continue ;; esac
    [ "$pid" != "$$" ] || continue
    if [ "$pid" = "$root" ] && [ -n "$start" ] && [ "\${20}" != "$start" ]; then
      root=none
    fi
    alive="$alive$pid "
    table="$table$pid $2 $4$newline"
  done
  IFS=$newline
  for pid in $(set +f; grep -lsF "WHITEBOX_RUN=$run" /proc/[0-9]*/environ); do
    pid=\${pid#/proc/}
    known="$known\${pid%/environ} "
  done
  IFS=' '
  known="$known$root "
  more=yes
  while [ -n "$more" ]; do
    more=
    IFS=$newline
    for line in $table; do
      IFS=' '
      set -- $line
      case $known in *" $1 "*) continue ;; esac
      if [ "$3" = "$root" ]; then known="$known$1 " more=yes; continue; fi
      case $known in *" $2 "*) known="$known$1 " more=yes ;; esac
    done
  done
  IFS=' '
  for pid in $known; do
    case $alive in *" $pid "*) ;; *) continue ;; esac
    case $victims in *" $pid "*) ;; *) victims="$victims$pid " ;; esac
  done
}
while [ "$round" -lt 60 ]; do
  look
  [ "$victims" != ' ' ] || exit 0
  for pid in $victims; do
    if [ "$round" -ge 25 ]; then
      kill -s KILL "$pid" 2>/dev/null
      continue
    fi
    case $told in *" $pid "*) continue ;; esac
    told="$told$pid "
    kill -s TERM "$pid" 2>/dev/null
    # A stopped program hears nothing before it goes on.
    kill -s CONT "$pid" 2>/dev/null
  done
  round=$((round + 1))
  if [ "$round" -le 5 ]; then sleep 0.02; else sleep 0.1; fi
done
echo "$victims"
exit 1
`;
