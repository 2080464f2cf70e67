// Imported before everything else: an old Node must end with this sentence, not with a syntax error of some library.
// Only what every Node since 12 knows may be used here.
import { readFileSync } from 'node:fs';

const wanted = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).engines.node;
const [major, minor] = wanted.replace('>=', '').split('.').map(Number);
const [ownMajor = 0, ownMinor = 0] = process.versions.node.split('.').map(Number);

if (ownMajor < major || (ownMajor === major && ownMinor < minor)) {
  console.error(
    'Whitebox needs Node ' +
      wanted +
      '; this is ' +
      process.version +
      ' (' +
      process.execPath +
      ').\nInstall a newer one (20, 22 or 24) and run the same command again.',
  );
  process.exit(1);
}
