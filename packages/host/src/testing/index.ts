export { hostConformance, type ConformanceOptions } from './conformance.js';
export type { ConformanceSubject, TestApi } from './conformance-api.js';
export {
  FakeHost,
  type CommandMatcher,
  type FakeCall,
  type FakeCommand,
  type FakeHandler,
  type FakeReply,
} from './fake-host.js';
export type { FakeAttributes, FakeFile, FakeFiles } from './fake-files.js';
export type { Failure, FakeOperation } from './failures.js';
export { countProcesses, localSubject } from './local-subject.js';
