import { ESLint, RuleTester } from 'eslint';
import { join } from 'node:path';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';
import { adapters, siblings } from '../../boundaries.js';
import { boundariesRule } from '../eslint/boundaries-rule.js';
import { root } from '../support/repository.js';

RuleTester.describe = describe;
RuleTester.it = it;
RuleTester.itOnly = it.only;

const tester = new RuleTester({ languageOptions: { parser: tseslint.parser } });

/** @param {string} file below the top of the repository; with the code that stands in it */
const at = (file, /** @type {string} */ code) => ({ filename: join(root, file), code });

/** As `at`, for code that is refused with a reason. */
const refused = (/** @type {string} */ file, /** @type {string} */ code, /** @type {string} */ reason) => ({
  ...at(file, code),
  name: `${file}: ${code}`,
  errors: [{ message: reason }],
});

const noSibling = '@whitebox/ini may use no sibling only (boundaries.js).';
const oneFile = 'ssh2 is imported in src/ssh2-connection.ts only (boundaries.js).';

tester.run('whitebox/boundaries over boundaries.js', boundariesRule({ siblings, adapters }, root), {
  valid: [
    at('packages/ssh/src/session.ts', `import { WhiteboxError } from '@whitebox/core';`),
    at('packages/ssh/src/session.ts', `import { readFile } from 'node:fs/promises';`),
    at('packages/ssh/src/deep/session.ts', `import { other } from '../other.js';`),
    at('packages/ssh/src/ssh2-connection.ts', `import { Client } from 'ssh2';`),
    at('packages/ssh/src/session.test.ts', `import { Server } from 'ssh2'; import { it } from 'vitest';`),
    at('packages/ssh/src/session.test.ts', `import { conformance } from '@whitebox/host/testing';`),
    at('packages/db/src/rows.test.ts', `import { databaseSuite } from './database.suite.js';`),
    at('packages/db/src/database.suite.ts', `import { it } from 'vitest';`),
    at('packages/nova-nfv-suite/src/faults/pins.ts', `import { run } from '@whitebox/host';`),
    at('tools/lab/src/status.ts', `import { kinds } from './faults/kinds.js';`),
    at('packages/ini/src/chain.lab.test.ts', `import { readLab } from '@whitebox/lab';`),
    at('packages/ini/src/chain.lab.test.ts', `import { SshHost } from '@whitebox/ssh';`),
    at('tsup.config.ts', `import { defineConfig } from 'tsup';`),
  ],
  invalid: [
    refused('packages/ini/src/document.ts', `import { SshHost } from '@whitebox/ssh';`, noSibling),
    refused('packages/ini/src/document.ts', `export * from '@whitebox/core';`, noSibling),
    refused('packages/ini/src/document.ts', `export { waitUntil } from '@whitebox/core';`, noSibling),
    refused('packages/ini/src/document.ts', `const x = await import('@whitebox/core');`, noSibling),
    refused('packages/ini/src/document.ts', `type X = import('@whitebox/core').Limits;`, noSibling),
    refused('packages/ini/src/document.ts', `import type { Host } from '@whitebox/host';`, noSibling),
    refused('packages/ssh/src/session.ts', `import { Client } from 'ssh2';`, oneFile),
    refused('packages/ssh/src/session.ts', `import x from 'ssh2/lib/client.js';`, oneFile),
    refused('packages/ssh/src/session.ts', `const x = require('ssh2');`, oneFile),
    refused(
      'packages/db/src/rows.ts',
      `import { Client } from 'ssh2';`,
      'ssh2 is no library of @whitebox/db (boundaries.js).',
    ),
    refused(
      'packages/db/src/rows.ts',
      `import lodash from 'lodash';`,
      'lodash is no library of @whitebox/db (boundaries.js).',
    ),
    refused(
      'packages/ssh/src/session.ts',
      `import { FakeHost } from '@whitebox/host/testing';`,
      '@whitebox/host/testing is for tests.',
    ),
    refused(
      'packages/db/src/rows.ts',
      `import { databaseSuite } from './database.suite.js';`,
      './database.suite.js is for tests.',
    ),
    refused(
      'packages/nova-nfv-suite/src/cases/pins.ts',
      `import { faults } from '../faults/index.js';`,
      '../faults/index.js is for tests.',
    ),
    refused(
      'packages/ini/src/document.test.ts',
      `import { readLab } from '@whitebox/lab';`,
      'Only *.lab.test.ts may know the lab (boundaries.js).',
    ),
    refused(
      'packages/db/src/rows.ts',
      `import { x } from '../../host/src/host.js';`,
      'Reach another package by its name, and none by its files.',
    ),
    refused(
      'packages/db/src/rows.test.ts',
      `import { x } from '../../host/src/host.js';`,
      'Reach another package by its name, and none by its files.',
    ),
    refused(
      'packages/db/src/rows.ts',
      `import { x } from '@whitebox/db';`,
      'A package reaches its own files by relative paths.',
    ),
    refused(
      'packages/db/src/rows.ts',
      `import { x } from '@whitebox/typo';`,
      'There is no package @whitebox/typo (boundaries.js).',
    ),
    refused('packages/db/src/rows.ts', `import fs from 'fs';`, 'Write node:fs.'),
  ],
});

it('is in force: the configuration of the repository reports a planted import', async () => {
  const eslint = new ESLint({ cwd: root });
  const [result] = await eslint.lintText(`import { SshHost } from '@whitebox/ssh';\nexport { SshHost };\n`, {
    filePath: join(root, 'packages/ini/src/index.ts'),
  });
  expect(result?.messages.map(({ ruleId, message }) => ({ ruleId, message }))).toContainEqual({
    ruleId: 'whitebox/boundaries',
    message: noSibling,
  });
}, 60_000);
