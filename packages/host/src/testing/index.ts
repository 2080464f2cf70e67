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
