// node tools/playbooks/make-archive.js FILE: the archive for nodes that reach no npm registry; see the role whitebox-install.
import { resolve } from 'node:path';
import { writeArchive } from './archive.js';

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('Name the file: node tools/playbooks/make-archive.js whitebox.tar.gz');
  process.exit(2);
}
await writeArchive(resolve(file));
