// ConfigOpts.Template of oslo_config/cfg.py: string.Template with dots in names. Python's case-insensitive [a-z] also takes
// the four letters that fold into it.
const LETTER = '_a-zA-Z\u0130\u0131\u017f\u212a';
const NAME = `[${LETTER}][.${LETTER}0-9]*`;
const reference = new RegExp(`\\$(?:(\\$)|(${NAME})|\\{(${NAME})\\})`, 'g');

/**
 * Replaces `$name`, `${name}` and `${group.name}`; `$$` and `\$` stand for a dollar sign, any other `$` for itself
 * (ConfigOpts._substitute). What `lookup` does not know stays as written.
 */
export function interpolate(text: string, lookup: (name: string) => string | undefined): string {
  return text
    .replaceAll('\\$', '$$$$')
    .replace(
      reference,
      (written: string, escaped: string | undefined, plain: string | undefined, braced: string | undefined) =>
        escaped ?? lookup(plain ?? braced ?? '') ?? written,
    );
}
