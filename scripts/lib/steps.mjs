import { spawn } from 'node:child_process';

const LABEL = 32;
const KEPT = 200_000;
const KILL_MS = 3_000;

const terminal = process.stdout.isTTY === true;
const shown = new Set();
/** Process groups of what runs now, ended when we are. */
const groups = new Set();
let ending = false;

export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** A step that failed, with what it said. */
export class StepError extends Error {
  constructor(label, output) {
    super(`${label} failed`);
    this.output = output;
  }
}

/**
 * Shows one line for `work`: its label at once, its time when it is done. On a terminal the time counts up;
 * elsewhere what takes longer than `announceMs` is announced on a line of its own.
 */
export async function step(label, work, { announceMs = 1_500 } = {}) {
  const since = performance.now();
  const line = { label, since };
  shown.add(line);
  const ticker = terminal ? setInterval(paint, 200) : undefined;
  const announcer = terminal ? undefined : setTimeout(() => console.log(`${label} ...`), announceMs);
  try {
    const note = await work();
    finish(line, `${label.padEnd(LABEL)} ${seconds(since)}${note === undefined ? '' : `  ${note}`}`);
  } catch (error) {
    finish(line, `${label.padEnd(LABEL)} ${seconds(since)}  FAILED`);
    throw error;
  } finally {
    clearInterval(ticker);
    clearTimeout(announcer);
  }
}

function finish(line, text) {
  shown.delete(line);
  process.stdout.write(terminal ? `\r\x1b[K${text}\n` : `${text}\n`);
  paint();
}

/** The running steps share the terminal's last line. */
function paint() {
  if (!terminal || shown.size === 0) return;
  const text = [...shown].map(({ label, since }) => `${label} ${seconds(since)}`).join('   ');
  process.stdout.write(`\r\x1b[K${text.slice(0, (process.stdout.columns ?? 80) - 1)}`);
}

/**
 * Runs a program in a process group of its own and keeps what it says.
 * @returns {Promise<{ code: number, output: string }>} it never rejects; a program that is missing has code 127
 */
export function run(program, args, { env = {}, cwd, timeoutMs = 15 * 60_000, onOutput } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    });
    groups.add(child);
    let output = '';
    const keep = (chunk) => {
      const text = chunk.toString();
      output = (output + text).slice(-KEPT);
      onOutput?.(text);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const timer = setTimeout(() => {
      keep(`\nended after ${timeoutMs / 60_000} minutes, which is too long\n`);
      endGroup(child);
    }, timeoutMs);
    const done = (code) => {
      clearTimeout(timer);
      groups.delete(child);
      // Nothing is begun any more with what was broken off.
      if (!ending) resolve({ code, output });
    };
    child.on('error', (error) => {
      keep(`${error.message}\n`);
      done(127);
    });
    child.on('close', (code, signal) => done(code ?? (signal === null ? 1 : 128)));
  });
}

/** As `run`; a code other than 0 is a StepError. */
export async function must(label, program, args, options) {
  const { code, output } = await run(program, args, options);
  if (code !== 0) throw new StepError(label, output);
  return output;
}

function endGroup(child) {
  signalGroup(child, 'SIGTERM');
  setTimeout(() => signalGroup(child, 'SIGKILL'), KILL_MS).unref();
}

function signalGroup(child, signal) {
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // It is gone.
  }
}

/** Ends everything `run` has started; for the moment we are asked to end ourselves. */
export async function endAll() {
  ending = true;
  for (const child of groups) signalGroup(child, 'SIGTERM');
  const deadline = performance.now() + KILL_MS;
  while (groups.size > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  for (const child of groups) signalGroup(child, 'SIGKILL');
}
