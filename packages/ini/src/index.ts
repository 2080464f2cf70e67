export { IniDocument, type IniOccurrence, type ParseOptions } from './ini-document.js';
export { IniError, type IniErrorFacts } from './ini-error.js';
