import { credentialsFromCloudsYaml } from '../clouds-yaml.js';
import { OpenStack } from '../openstack.js';

/** Undoes in reverse what a test made on a real cloud, each step even if another one fails. */
export class Undo implements AsyncDisposable {
  readonly #steps: (() => Promise<unknown>)[] = [];

  add(step: () => Promise<unknown>): void {
    this.#steps.unshift(step);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.#steps) await step().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, 'the clean-up failed');
  }
}

/** The lab's cloud, as its clouds.yaml describes it. */
export async function connectLab(lab: { files: { cloudsYaml: string }; cloud: string }): Promise<OpenStack> {
  return OpenStack.connect(await credentialsFromCloudsYaml({ file: lab.files.cloudsYaml, cloud: lab.cloud }));
}
