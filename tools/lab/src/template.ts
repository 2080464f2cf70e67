import { LabError } from './errors.js';

/**
 * Replaces each `@NAME@` by its value. Values are taken as they are: an `@` in one is not looked at again.
 * @throws LabError for a name without a value, so that no file with a hole in it reaches a host
 */
export function renderTemplate(text: string, values: Readonly<Record<string, string>>, file: string): string {
  return text.replace(/@([A-Z][A-Z0-9_]*)@/g, (_match, name: string) => {
    const value = values[name];
    if (value === undefined)
      throw new LabError('WB_LAB_TEMPLATE', `${file} asks for @${name}@, which nobody gives.`);
    return value;
  });
}
