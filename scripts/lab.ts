import { createInterface } from 'node:readline';
import { runLine, smsLine } from '../test/lab/console.ts';
import { labServers, startLab } from '../test/lab/index.ts';
import { labSheet, type PartOfLab } from '../test/lab/sheet.ts';
import { asRoot } from '../test/lab/site.ts';
import type { LabServer } from '../test/lab/types.ts';
import { installLabPackages, missingPackages } from './packages.mjs';

/**
 * `npm run lab`: starts the servers of the tests, prints what to enter in Parley, and takes commands until Ctrl-C, which
 * stops them all. Names of servers as arguments start only those.
 */
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !labServers.some((server) => server === name));
if (unknown.length > 0) {
  console.error(`There is no server ${unknown.join(', ')}. The servers are: ${labServers.join(', ')}.`);
  process.exit(2);
}

const stopping = new Promise<number>((resolve) => {
  process.on('SIGINT', () => resolve(0));
  process.on('SIGTERM', () => resolve(0));
  process.on('SIGHUP', () => resolve(0));
});

try {
  process.exitCode = await main(labServers.filter((name) => asked.length === 0 || asked.includes(name)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(wanted: LabServer[]): Promise<number> {
  const servers = available(wanted);
  if (servers.length === 0) throw new Error('None of the servers can be started here.');
  console.log(`Starting ${servers.join(', ')} ...`);
  const lab: PartOfLab & { stop(): Promise<void> } = await startLab(servers);
  console.log(labSheet(lab));
  console.log(`\nLogs and data: ${lab.folder}\nType help for what can be typed here; Ctrl-C stops everything.\n`);
  const close = readCommands(lab);
  // The servers are processes of their own and hold nothing here open.
  const alive = setInterval(() => {}, 60_000);
  const code = await stopping;
  clearInterval(alive);
  close();
  console.log('\nStopping ...');
  await lab.stop();
  console.log('Everything is stopped.');
  return code;
}

/** Installs what is missing where it can, and says what has to be left out. */
function available(wanted: LabServer[]): LabServer[] {
  installLabPackages({ parts: wanted });
  return wanted.filter((server) => {
    const missing = missingPackages([server]);
    const why =
      missing.length > 0
        ? `without ${missing.join(' ')}`
        : server === 'mail' && !asRoot()
          ? 'by anyone but root: Postfix insists on it'
          : undefined;
    if (why) console.log(`${server} is left out: it cannot be started ${why}.`);
    return !why;
  });
}

/** Without a terminal, the end of the input is not the end of the lab: it then runs until it is told to stop. */
function readCommands(lab: PartOfLab): () => void {
  const terminal = process.stdin.isTTY === true;
  const input = createInterface({ input: process.stdin, output: process.stdout, prompt: 'lab> ', terminal });
  const show = (text: string) => {
    if (text) console.log(text);
    if (terminal) input.prompt(true);
  };
  lab.smsc?.onReceived((phone, sms) => show(`\n${smsLine(phone, sms)}`));
  lab.telegram?.onMessage(({ text, buttons }) =>
    show(`\nthe bot: ${[text, ...buttons.map((one) => `[${one}]`)].join(' ')}`),
  );
  let turn = Promise.resolve();
  input.on('line', (line) => {
    turn = turn.then(async () => show(await runLine(lab, line)));
  });
  input.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  if (terminal) input.on('close', () => process.kill(process.pid, 'SIGINT'));
  show('');
  return () => input.close();
}
