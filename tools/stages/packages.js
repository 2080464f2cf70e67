import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { siblings } from '../../boundaries.js';
import { Counts, oneCheck } from '../support/counts.js';
import { cloudEnvironment } from '../support/lab-control.js';
import { eachOf, run } from '../support/processes.js';
import { needsCloud, readmeProgram } from '../support/readme.js';
import { closure, declaredSiblings, publishedPackages, root } from '../support/repository.js';
import { freshFolder } from './stage.js';
import { nxChecks } from './static.js';

/** @typedef {import('./stage.js').Stage} Stage */
/** @typedef {import('../support/repository.js').Package} Package */

/** @type {Stage} */
export const correctness = {
  name: 'packages',
  title: 'package correctness (publint, are-the-types-wrong)',
  usesBuild: true,
  run: ({ log }) => {
    const names = publishedPackages().map(({ manifest }) => manifest.name);
    return nxChecks('package', names, log);
  },
};

/**
 * Writes the tarball of every package.
 * @param {readonly Package[]} packages
 * @param {string} log
 * @returns {Promise<Map<string, string>>} short name -> path of the tarball; a package that could not be packed is missing
 */
async function packAll(packages, log) {
  const folder = freshFolder('tarballs');
  const paths = await eachOf(packages, 4, async ({ short, folder: cwd }) => {
    const own = join(folder, short);
    mkdirSync(own);
    const { code } = await run('npm', ['pack', '--ignore-scripts', '--pack-destination', own], { cwd, log });
    const file = readdirSync(own).find((name) => name.endsWith('.tgz'));
    return /** @type {const} */ ([short, code === 0 && file !== undefined ? join(own, file) : '']);
  });
  return new Map(paths.filter(([, path]) => path !== ''));
}

/**
 * @param {string} short
 * @returns {readonly string[]} siblings that come along by boundaries.js
 */
function allowedClosure(short) {
  return closure(short, (name) => siblings[/** @type {keyof typeof siblings} */ (name)] ?? []);
}

/**
 * Installs one tarball into an empty project. Of the siblings only those are at hand that the package declares, each as
 * a tarball: one that it needs without saying so makes the install or the program fail.
 * @param {Package} pkg
 * @param {readonly Package[]} packages
 * @param {Map<string, string>} tarballs
 * @param {string} project an empty folder, outside of the repository so that nothing of it is found by accident
 * @param {string} log
 * @returns {Promise<string[]>} what is wrong
 */
async function installAlone(pkg, packages, tarballs, project, log) {
  const declared = closure(pkg.short, (name) => {
    const found = packages.find(({ short }) => short === name);
    return found === undefined ? [] : declaredSiblings(found.manifest);
  });
  const missing = [pkg.short, ...declared].filter((name) => !tarballs.has(name));
  if (missing.length > 0) return [`there is no tarball of ${missing.join(', ')}`];
  const problems = [];
  const allowed = allowedClosure(pkg.short);
  if (declared.join() !== allowed.join()) {
    problems.push(`package.json brings ${declared.join(', ')}; boundaries.js allows ${allowed.join(', ')}`);
  }

  /** @param {string} name */
  const file = (name) => `file:${tarballs.get(name) ?? ''}`;
  const manifest = {
    name: 'empty-project',
    private: true,
    type: 'module',
    dependencies: { [pkg.manifest.name]: file(pkg.short) },
    overrides: Object.fromEntries(declared.map((name) => [`@whitebox/${name}`, file(name)])),
  };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest, undefined, 2));
  const options = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  const npm = await run('npm', ['install', ...options], { cwd: project, log });
  if (npm.code !== 0) {
    return [
      ...problems,
      `npm install failed: ${npm.tail
        .filter((line) => line.startsWith('npm error'))
        .slice(0, 4)
        .join('; ')}`,
    ];
  }
  const there = installedSiblings(project);
  const wanted = [pkg.short, ...allowed].sort();
  if (there.join() !== wanted.join()) {
    problems.push(`installed are ${there.join(', ')}; wanted are ${wanted.join(', ')}`);
  }
  return problems;
}

/** @param {string} project */
function installedSiblings(project) {
  const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'));
  return Object.keys(lock.packages)
    .map((path) => /node_modules\/@whitebox\/([^/]+)$/.exec(path)?.[1])
    .filter((name) => name !== undefined)
    .sort();
}

/**
 * Checks the types of the README's program against the installed package, and of the package's declarations with it,
 * and compiles it.
 * @param {Package} pkg
 * @param {string} program
 * @param {string} project
 * @param {string} log
 * @returns {Promise<string[]>} what is wrong
 */
async function compileReadme(pkg, program, project, log) {
  writeFileSync(join(project, 'readme.ts'), `${program}\nexport {};\n`);
  const configuration = {
    compilerOptions: {
      target: 'ES2022',
      lib: ['ES2023', 'ESNext.Disposable'],
      module: 'nodenext',
      strict: true,
      types: ['node'],
      typeRoots: [join(root, 'node_modules', '@types')],
      // The declarations of the package are checked; those of its libraries are not ours to mend (see the filter).
      skipLibCheck: false,
      outDir: 'out',
      rootDir: '.',
      noEmitOnError: false,
    },
    files: ['readme.ts'],
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(configuration));
  /** @type {string[]} */
  const errors = [];
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  await run(process.execPath, [tsc, '-p', project, '--pretty', 'false'], {
    cwd: project,
    log,
    onLine: (line) => {
      if (/^(readme\.ts|node_modules\/@whitebox\/).*error TS|^error TS/.test(line)) errors.push(line);
    },
  });
  if (!existsSync(join(project, 'out', 'readme.js')))
    errors.push(`the README's program of ${pkg.short} was not compiled`);
  return errors;
}

/**
 * Runs the README's program as its reader would, with the lab's cloud behind the usual variables.
 * @param {string} project
 * @param {import('../support/lab-control.js').LabDescription | undefined} lab
 * @param {string} log
 * @returns {Promise<string[]>} what is wrong
 */
async function runReadme(project, lab, log) {
  const home = join(project, 'home');
  mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 });
  if (lab !== undefined) {
    writeFileSync(join(home, '.ssh', 'config'), readFileSync(lab.ssh.configFile), { mode: 0o600 });
  }
  const database = lab && {
    WB_DB_ADDRESS: lab.database.address,
    WB_DB_PORT: String(lab.database.port),
    WB_DB_USER: lab.database.user,
    WB_DB_PASSWORD: readFileSync(lab.database.passwordFile, 'utf8').trim(),
  };
  const cloud = lab && { ...cloudEnvironment(lab), WB_TEMPEST_CONF: lab.files.tempestConf };
  const { code, tail } = await run(process.execPath, ['out/readme.js'], {
    cwd: project,
    log,
    env: { HOME: home, ...database, ...cloud },
  });
  if (code !== 0)
    return [
      `the README's program ended with exit code ${String(code)}:`,
      ...tail.slice(-8).map((line) => `    ${line}`),
    ];
  return tail.length > 0 ? [] : ["the README's program printed nothing"];
}

/** @type {Stage} */
export const install = {
  name: 'install',
  title: 'each package installed alone, and the program of its README',
  usesBuild: true,
  usesLab: true,
  run: async ({ log, update, lab, noLab }) => {
    const packages = publishedPackages();
    update('packing');
    const tarballs = await packAll(packages, log);
    let finished = 0;
    const results = await eachOf(packages, 3, async (pkg) => {
      const project = mkdtempSync(join(tmpdir(), `whitebox-${pkg.short}-`));
      try {
        return await checkOne(
          pkg,
          packages,
          tarballs,
          project,
          lab,
          log.replace(/\.log$/, `-${pkg.short}.log`),
        );
      } finally {
        rmSync(project, { recursive: true, force: true });
        finished += 1;
        update(`${String(finished)} of ${String(packages.length)}`);
      }
    });
    const waiting = results.filter(({ counts }) => counts.skipped > 0).length;
    return {
      counts: results.reduce((sum, { counts }) => sum.plus(counts), new Counts()),
      details: [
        ...results.flatMap(({ pkg, problems }) => problems.map((problem) => `${pkg.short}: ${problem}`)),
        ...(waiting === 0
          ? []
          : [`skipped: ${String(waiting)} README programs need a cloud: ${noLab ?? 'no lab is up'}`]),
      ],
    };
  },
};

/**
 * Three checks of a package: it installs alone, its README's program compiles, and runs.
 * @param {Package} pkg
 * @param {readonly Package[]} packages
 * @param {Map<string, string>} tarballs
 * @param {string} project
 * @param {import('../support/lab-control.js').LabDescription | undefined} lab
 * @param {string} log
 */
async function checkOne(pkg, packages, tarballs, project, lab, log) {
  const program = readmeProgram(pkg.folder);
  const installing = await installAlone(pkg, packages, tarballs, project, log);
  let counts = oneCheck(installing.length === 0);
  if (program === undefined) {
    return {
      pkg,
      counts: counts.plus(new Counts(0, 2)),
      problems: [...installing, 'its README has no ```ts program'],
    };
  }
  const compiling = await compileReadme(pkg, program, project, log);
  counts = counts.plus(oneCheck(compiling.length === 0));
  if (lab === undefined && needsCloud(program)) {
    return { pkg, counts: counts.plus(new Counts(0, 0, 1)), problems: [...installing, ...compiling] };
  }
  const running = await runReadme(project, lab, log);
  return {
    pkg,
    counts: counts.plus(oneCheck(running.length === 0)),
    problems: [...installing, ...compiling, ...running],
  };
}
