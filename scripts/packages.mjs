import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { makeSynapse, synapseRoot } from './sid.mjs';

/**
 * The Debian packages of the test servers, and the programs of each that must be there. `part` is the lab server
 * that needs it; `browser` is not part of the lab, it is what the browser tests drive, nor is `deployment`, which reads
 * the files a deployment starts from.
 */
export const labPackages = [
  { package: 'openssl', part: 'every', programs: ['openssl'] },
  { package: 'inspircd', part: 'inspircd', programs: ['inspircd'] },
  { package: 'ngircd', part: 'ngircd', programs: ['ngircd'] },
  { package: 'postfix', part: 'mail', programs: ['postfix/sbin/master', 'postfix/sbin/smtpd'] },
  { package: 'dovecot-core', part: 'mail', programs: ['dovecot', 'dovecot/auth'] },
  { package: 'dovecot-imapd', part: 'mail', programs: ['dovecot/imap'] },
  { package: 'dovecot-lmtpd', part: 'mail', programs: ['dovecot/lmtp'] },
  { package: 'kannel', part: 'smsc', programs: ['bearerbox', 'smsbox'] },
  { package: 'prosody', part: 'prosody', programs: ['prosody'] },
  { package: 'ejabberd', part: 'ejabberd', programs: ['ejabberdctl', 'erl'] },
  { package: 'redis-server', part: 'redis', programs: ['redis-server'] },
  { package: 'swift-proxy', part: 'swift', programs: ['swift-proxy-server', 'swift-ring-builder'] },
  { package: 'swift-account', part: 'swift', programs: ['swift-account-server'] },
  { package: 'swift-container', part: 'swift', programs: ['swift-container-server'] },
  { package: 'swift-object', part: 'swift', programs: ['swift-object-server'] },
  { package: 'chromium', part: 'browser', programs: ['chromium'] },
  { package: 'docker-compose', part: 'deployment', programs: ['docker-compose'] },
  { package: 'ii', part: 'people', programs: ['ii'] },
  { package: 'swaks', part: 'people', programs: ['swaks'] },
  { package: 'weechat-headless', part: 'people', programs: ['weechat-headless'] },
  { package: 'weechat-plugins', part: 'people', programs: ['../share/doc/weechat-plugins'] },
  { package: 'weechat-python', part: 'people', programs: ['../share/doc/weechat-python'] },
  { package: 'python3-slixmpp', part: 'people', programs: ['python3', 'python3/dist-packages/slixmpp'] },
  { package: 'python3-aiohttp', part: 'people', programs: ['python3/dist-packages/aiohttp'] },
];

/** Where a program is, or undefined. Servers often lie where a plain user's PATH does not look. */
export function programPath(program) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const everywhere = [...folders, '/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/lib', '/usr/libexec'];
  return everywhere
    .filter(Boolean)
    .map((folder) => join(folder, program))
    .find(isProgram);
}

/** Names of the packages that are not there, of these parts (all by default). */
export function missingPackages(parts) {
  return [...missingHere(parts), ...(wantsSynapse(parts) && synapseRoot() === undefined ? [synapse] : [])];
}

/** Not a package of this machine's suite: it is unpacked into a folder of its own. */
const synapse = 'matrix-synapse (of Debian sid)';
const wantsSynapse = (parts) => !parts || parts.includes('synapse');

function missingHere(parts) {
  return labPackages
    .filter((entry) => !parts || entry.part === 'every' || parts.includes(entry.part))
    .filter((entry) => !entry.programs.every((program) => programPath(program)))
    .map((entry) => entry.package);
}

/**
 * Installs what is missing with apt-get, asking nothing and starting no service. Says one line about each thing it
 * does or cannot do.
 *
 * @param {{ required?: boolean, parts?: string[], say?: (line: string) => void }} options with `required` it throws
 *   where something is still missing at the end
 * @returns the packages still missing
 */
export function installLabPackages({ required = false, parts, say = console.log } = {}) {
  if (missingPackages(parts).length === 0) {
    say('test servers: all installed');
    return [];
  }
  const missing = missingHere(parts);
  const hindrance = whyNot();
  if (missing.length > 0 && hindrance)
    say(`test servers: missing ${missing.join(' ')}; not installed, because ${hindrance}`);
  else if (missing.length > 0) install(missing, say);
  if (wantsSynapse(parts)) {
    const why = makeSynapse(say);
    if (why !== undefined) say(`test servers: Synapse: not unpacked: ${why}`);
  }
  const left = missingPackages(parts);
  if (left.length > 0) {
    const installable = left.filter((name) => name !== synapse);
    const advice =
      installable.length > 0
        ? `install them with: apt-get install --no-install-recommends ${installable.join(' ')}`
        : 'it is unpacked by: node scripts/packages.mjs';
    if (required) throw new Error(`test servers: ${left.join(' ')} missing; ${advice}`);
    say(`test servers: going on without ${left.join(' ')}; ${advice}`);
  }
  return left;
}

function whyNot() {
  if (process.platform !== 'linux') return 'this is not Linux';
  if (!programPath('apt-get')) return 'there is no apt-get';
  if (process.getuid?.() !== 0) return 'this is not run as root';
  return undefined;
}

/** Another apt-get at work is waited for, not failed on. */
const waiting = ['-o', 'DPkg::Lock::Timeout=300'];

function install(packages, say) {
  const restorePolicy = forbidServiceStarts();
  try {
    preseed('postfix postfix/main_mailer_type select No configuration');
    if (!packages.every(isKnown)) {
      say('test servers: reading the package lists');
      run('apt-get', [...waiting, 'update', '-qq']);
    }
    for (const name of packages) {
      if (!isKnown(name)) {
        say(`test servers: ${name}: no such package here`);
        continue;
      }
      const done = run('apt-get', [...waiting, 'install', '-y', '-qq', '--no-install-recommends', name]);
      say(`test servers: ${name}: ${done.ok ? 'installed' : `not installed: ${done.why}`}`);
    }
  } finally {
    restorePolicy();
  }
}

const isKnown = (name) => run('apt-cache', ['show', '--no-all-versions', name]).ok;

/** Debian starts a service when it is installed, unless this program says no (invoke-rc.d, exit code 101). */
function forbidServiceStarts() {
  const file = '/usr/sbin/policy-rc.d';
  const before = existsSync(file) ? readFileSync(file) : undefined;
  writeFileSync(file, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  return () => (before ? writeFileSync(file, before, { mode: 0o755 }) : rmSync(file, { force: true }));
}

function preseed(line) {
  const program = programPath('debconf-set-selections');
  if (program) spawnSync(program, { input: `${line}\n`, stdio: ['pipe', 'ignore', 'ignore'] });
}

function run(program, args) {
  const done = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: 600_000,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', DEBCONF_NONINTERACTIVE_SEEN: 'true' },
  });
  const why = done.error?.message ?? done.stderr?.trim().split('\n').at(-1);
  return { ok: done.status === 0, why: why || `exit code ${done.status}` };
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    installLabPackages({ required: process.argv.includes('--required') });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
