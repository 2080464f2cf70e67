export { IniDocument, type IniOccurrence, type ParseOptions } from './ini-document.js';
export { IniError, type IniErrorFacts } from './ini-error.js';
export {
  ConfigChain,
  type ChainOptions,
  type ConfigSource,
  type ConfigText,
  type EffectiveValue,
  type OptionName,
} from './config-chain.js';
export { loadConfigChain, type ConfigReader, type ServiceProcess } from './config-files.js';
export type { Placement, PlacementRequest } from './placement.js';
export { parsePlain, stringifyPlain, type PlainIni } from './plain-dialect.js';
