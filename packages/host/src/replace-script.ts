/** Exit status of {@link replaceScript} and {@link readScript} for something that is not a regular file. */
export const notAFileStatus = 71;
/** Exit status of {@link replaceScript} when standard input ended too early. */
export const incompleteStatus = 72;

/**
 * Replaces a file by standard input: arguments are the path, the mode of a new file, the number of bytes that must come
 * and the name of the temporary file in the same directory.
 *
 * Owner and mode are set before the content is visible under its name, and the label only where it differs, because
 * only then it may need a privilege. The number of bytes is checked since a lost connection looks like the end of the
 * input. Every step that fails ends the script with the words of the program that failed, and the temporary file goes.
 */
export const replaceScript = `LC_ALL=C
export LC_ALL
umask 077
newline='
'
real=$(readlink -f -- "$1" && echo x) || {
  # It says no reason; this does, for whatever is in the way.
  ls -d -L -- "$1" >/dev/null && echo "No such file or directory" >&2
  exit 1
}
real=\${real%x}
real=\${real%"$newline"}
directory=\${real%/*}/
temporary=$directory$4
if [ -e "$real" ]; then
  [ -f "$real" ] || exit ${String(notAFileStatus)}
  owner=$(stat -c %u:%g -- "$real") && mode=$(stat -c %a -- "$real") || exit 1
  label=$(stat -c %C -- "$real" 2>/dev/null)
else
  owner= mode=$2 label=
fi
trap 'exit 1' HUP INT TERM
trap 'rm -f -- "$temporary"' EXIT
(set -C; cat >"$temporary") || exit 1
if [ "$(stat -c %s -- "$temporary")" != "$3" ]; then exit ${String(incompleteStatus)}; fi
if [ -n "$owner" ] && [ "$(stat -c %u:%g -- "$temporary")" != "$owner" ]; then
  chown -- "$owner" "$temporary" || exit 1
fi
chmod -- "$mode" "$temporary" || exit 1
if [ -n "$label" ] && [ "$(stat -c %C -- "$temporary" 2>/dev/null)" != "$label" ]; then
  chcon -- "$label" "$temporary" || exit 1
fi
sync -- "$temporary" || exit 1
mv -f -T -- "$temporary" "$real" || exit 1
trap - EXIT
sync -- "$directory" || exit 1
`;

/** Writes a file to standard output: the argument is the path. Devices and pipes would never end, so they are refused. */
export const readScript = `LC_ALL=C
export LC_ALL
if [ -e "$1" ] && ! [ -f "$1" ]; then exit ${String(notAFileStatus)}; fi
exec cat -- "$1"
`;
