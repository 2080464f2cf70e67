import { expect, it } from 'vitest';
import { readOnlyPage } from './read-only-page.suite.js';

it('docs/audit-read-only.md says what an audit may send; --update writes it', async () => {
  await expect(readOnlyPage()).toMatchFileSnapshot('../../../../docs/audit-read-only.md');
});
