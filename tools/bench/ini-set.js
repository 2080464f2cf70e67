// What "crudini --set FILE SECTION OPTION VALUE" does, with @whitebox/ini; a whole process for the comparison.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { IniDocument } from '@whitebox/ini';

const [file = '', section = '', option = '', value = ''] = process.argv.slice(2);
const document = IniDocument.parse(readFileSync(file, 'utf8'), { file });
document.set(section, option, value);
writeFileSync(`${file}.part`, document.toString());
renameSync(`${file}.part`, file);
