import { spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * Synapse, the Matrix homeserver, and a Matrix client of another maker are only in Debian's unstable suite. They are
 * unpacked, with the Python they need, into a folder of their own: nothing of the machine changes and no root is needed.
 */
const recipe = 'synapse-1';
const wanted = ['matrix-synapse', 'python3-matrix-nio', 'python3-olm', 'python3-peewee', 'python3-cachetools'];
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Where the unpacked packages are kept between runs. `PARLEY_LAB_CACHE` names another folder. */
export function labCache() {
  if (process.env.PARLEY_LAB_CACHE) return process.env.PARLEY_LAB_CACHE;
  return isWritable('/var/cache')
    ? '/var/cache/parley-lab'
    : join(tmpdir(), `parley-lab-cache-${process.getuid?.() ?? 0}`);
}

/** The folder with Synapse in it, or undefined where it was not made yet. */
export function synapseRoot() {
  return [labCache(), '/var/cache/parley-lab'].map((cache) => join(cache, recipe)).find((folder) => existsSync(folder));
}

/** How to run the Python in it: its own loader and libraries, so that it fits whatever the machine has. */
export function synapsePython() {
  const root = synapseRoot();
  if (root === undefined) return undefined;
  const libraries = readdirSync(join(root, 'usr/lib'))
    .filter((name) => name.endsWith('-linux-gnu'))
    .map((name) => join(root, 'usr/lib', name));
  const loader = libraries
    .flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => /^ld-linux.*\.so/.test(name))
        .map((name) => join(folder, name)),
    )
    .at(0);
  if (loader === undefined) return undefined;
  const path = [...libraries, join(root, 'usr/lib')].join(':');
  return {
    program: loader,
    args: ['--library-path', path, join(root, 'usr/bin/python3')],
    env: { PYTHONHOME: join(root, 'usr'), PYTHONDONTWRITEBYTECODE: '1' },
  };
}

/**
 * Makes the folder where it is missing; another process at the same work is waited for.
 *
 * @returns {string | undefined} why it could not be made, in words
 */
export function makeSynapse(say) {
  if (synapseRoot() !== undefined) return undefined;
  const mirror = debianMirror();
  if (mirror === undefined) return "this machine's package sources name no Debian archive";
  if (!existsSync(keyring)) return `there is no ${keyring} (package debian-archive-keyring)`;
  const cache = labCache();
  try {
    mkdirSync(cache, { recursive: true });
  } catch (error) {
    return `${cache} cannot be made: ${error.message}`;
  }
  say(`test servers: Synapse: unpacking it into ${join(cache, recipe)}, which takes half a minute`);
  const began = Date.now();
  const lock = join(cache, `${recipe}.lock`);
  const self = fileURLToPath(import.meta.url);
  const done = run('flock', ['--timeout', '600', lock, process.execPath, self, cache, mirror]);
  if (synapseRoot() === undefined) return lastLine(done) || 'it did not get ready';
  say(`test servers: Synapse: unpacked in ${Math.round((Date.now() - began) / 1000)} s`);
  return undefined;
}

/** The archive this machine itself installs from. */
function debianMirror() {
  const folder = '/etc/apt/sources.list.d';
  const files = [
    '/etc/apt/sources.list',
    ...(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []),
  ];
  const text = files
    .filter((file) => /\.(list|sources)$/.test(file) && existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const addresses = [...text.matchAll(/^(?:URIs:|deb(?:\s+\[[^\]]*\])?)\s+(\S+)/gm)].map(([, uri]) => uri);
  return addresses.find((uri) => /\/debian\/?$/.test(uri));
}

/** Runs under the lock. The folder gets its name only when everything is in it. */
function make(cache, mirror) {
  const target = join(cache, recipe);
  if (existsSync(target)) return;
  const work = join(cache, `${recipe}.part`);
  rmSync(work, { recursive: true, force: true });
  const [state, archives, root, sources] = [
    join(work, 'state'),
    join(work, 'cache'),
    join(work, 'root'),
    join(work, 'sources.list'),
  ];
  for (const folder of [join(state, 'lists/partial'), join(archives, 'archives/partial'), root])
    mkdirSync(folder, { recursive: true });
  writeFileSync(sources, `deb [signed-by=${keyring}] ${mirror} sid main\n`);
  writeFileSync(join(state, 'status'), '');
  const options = {
    'Dir::State': state,
    'Dir::State::status': join(state, 'status'),
    'Dir::Cache': archives,
    'Dir::Etc::sourcelist': sources,
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
    'Debug::NoLocking': '1',
  };
  const apt = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  must('apt-get', [...apt, 'update']);
  must('apt-get', [...apt, 'install', '-y', '--download-only', '--no-install-recommends', ...wanted]);
  const packages = join(archives, 'archives');
  for (const name of readdirSync(packages)) {
    if (name.endsWith('.deb')) must('dpkg-deb', ['-x', join(packages, name), root]);
  }
  for (const needless of ['usr/share/doc', 'usr/share/locale', 'usr/share/man']) {
    rmSync(join(root, needless), { recursive: true, force: true });
  }
  renameSync(root, target);
  rmSync(work, { recursive: true, force: true });
  compile(join(target, 'usr/lib/python3/dist-packages'));
}

/** Compiled once here, as its users may not write there. */
function compile(folder) {
  const python = synapsePython();
  if (!python) return;
  spawnSync(python.program, [...python.args, '-m', 'compileall', '-q', folder], {
    env: { PYTHONHOME: python.env.PYTHONHOME },
    timeout: 300_000,
  });
}

function must(program, args) {
  const done = run(program, args);
  if (done.status !== 0) throw new Error(`${program}: ${lastLine(done)}`);
}

const run = (program, args) =>
  spawnSync(program, args, {
    encoding: 'utf8',
    timeout: 900_000,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
  });

const lastLine = (done) => done.error?.message ?? done.stderr?.trim().split('\n').at(-1) ?? '';

function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [, , cache = labCache(), mirror = ''] = process.argv;
  try {
    make(cache, mirror);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
