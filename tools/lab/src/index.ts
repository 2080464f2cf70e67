export {
  defaultLabDirectory,
  readLab,
  type LabDatabase,
  type LabDescription,
  type LabHost,
} from './description.js';
