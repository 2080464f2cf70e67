export {
  defaultLabDirectory,
  readLab,
  type LabDatabase,
  type LabDescription,
  type LabCell,
  type LabHost,
} from './description.js';
