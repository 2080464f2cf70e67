export { defaultLabDirectory, readLab, type LabDescription, type LabHost } from './description.js';
