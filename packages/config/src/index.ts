export { loadConfig, type ConfigInputs } from './load-config.js';
export {
  describeOrigin,
  type CloudChoice,
  type ConfigNote,
  type NamedSetting,
  type Origin,
  type Setting,
  type WhiteboxConfig,
} from './whitebox-config.js';
export type { NodeDescription, NodeService } from './nodes-yaml.js';
export { ConfigError, type ConfigProblem } from './errors.js';
export { Secret } from '@whitebox/core';
export { configurationReference } from './reference.js';
export { discoverySource, type GroupName, type OptionKey, type OptionValue } from './groups.js';
