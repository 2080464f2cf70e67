export { tempestOptions, type CloudFacts } from './tempest-options.js';
export {
  TempestValueError,
  writeTempestOptions,
  type TempestOptions,
  type TempestValue,
} from './write-tempest-options.js';
