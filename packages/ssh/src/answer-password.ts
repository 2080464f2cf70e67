/** Answers the first question whose answer is not to be seen on a screen, and no other. */
export function answering(password: string): KeyboardInteractiveCallback {
  let asked = false;
  return (_name, _instructions, _language, prompts, finish) => {
    const [question] = prompts;
    const known = !asked && prompts.length === 1 && question?.echo !== true;
    asked ||= known;
    finish(known ? [password] : []);
  };
}

type KeyboardInteractiveCallback = (
  name: string,
  instructions: string,
  language: string,
  prompts: readonly { readonly prompt: string; readonly echo?: boolean | undefined }[],
  finish: (answers: string[]) => void,
) => void;
