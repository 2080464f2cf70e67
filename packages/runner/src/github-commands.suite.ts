const registered = new Set(
  'add-mask,add-matcher,add-path,debug,echo,endgroup,error,group,notice,remove-matcher,save-state,set-env,set-output,stop-commands,warning'.split(
    ',',
  ),
);

/** The commands that the runner of GitHub Actions would carry out: `TryParseV2` and `TryParse` of its ActionCommand.cs. */
export function commandsIn(text: string): readonly string[] {
  return text.split(/\r\n|\r|\n/).flatMap((line) => {
    const [, second] = /^\s*::([^ ]*?)(?: .*?)?::/.exec(line) ?? [];
    if (second !== undefined && registered.has(second)) return [second];
    const [, first] = /##\[([^ \]]*)[^\]]*\]/.exec(line) ?? [];
    return first !== undefined && registered.has(first) ? [first] : [];
  });
}
