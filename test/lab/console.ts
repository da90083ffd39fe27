import { labSheet, type PartOfLab, webhookToken } from './sheet.ts';
import type { ReceivedSms, Restart } from './types.ts';

type Command = { usage: string; does: string; run(lab: PartOfLab, rest: string): Promise<string> | string };

/** What can be typed under `npm run lab`, each answered with text. */
const commands: Record<string, Command> = {
  help: { usage: 'help', does: 'this list', run: () => help() },
  sheet: { usage: 'sheet', does: 'addresses, users and passwords once more', run: (lab) => labSheet(lab) },
  sms: {
    usage: 'sms FROM TEXT',
    does: "text from that phone to Parley's number on the SMS centre (SMPP)",
    run: (lab, rest) => textFromPhone(lab, 'smpp', rest),
  },
  'sms-http': {
    usage: 'sms-http FROM TEXT',
    does: "the same to Parley's number on Kannel (HTTP)",
    run: (lab, rest) => textFromPhone(lab, 'http', rest),
  },
  phone: {
    usage: 'phone NUMBER',
    does: 'what that phone received; what arrives is also shown at once',
    run: (lab, rest) => phone(lab, rest),
  },
  off: { usage: 'off NUMBER', does: 'switch that phone off (SMPP)', run: (lab, rest) => reach(lab, rest, false) },
  on: { usage: 'on NUMBER', does: 'switch it on again', run: (lab, rest) => reach(lab, rest, true) },
  callback: {
    usage: 'callback ADDRESS',
    does: "where Kannel reports incoming messages: the account's webhook address",
    run: (lab, rest) => callback(lab, rest),
  },
  telegram: {
    usage: 'telegram NAME TEXT',
    does: 'write to the bot as that person; what the bot answers is shown at once',
    run: (lab, rest) => writeToBot(lab, rest),
  },
  cut: { usage: 'cut', does: 'break the live SMPP connections', run: (lab) => cut(lab) },
  down: { usage: 'down SERVER', does: 'stop a server', run: (lab, rest) => change(lab, rest, 'down') },
  up: { usage: 'up SERVER', does: 'start it again, same port and data', run: (lab, rest) => change(lab, rest, 'up') },
  restart: { usage: 'restart SERVER', does: 'both', run: (lab, rest) => change(lab, rest, 'restart') },
};

/** Carries out one line. A mistake is answered in words, never thrown. */
export async function runLine(lab: PartOfLab, line: string): Promise<string> {
  const [, name = '', rest = ''] = /^\s*(\S*)\s*([\s\S]*?)\s*$/.exec(line) ?? [];
  if (name === '') return '';
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) return `There is no command ${name}; type help.`;
  try {
    return await command.run(lab, rest);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export const smsLine = (to: string, { from, text, via }: ReceivedSms): string =>
  `phone ${to}, from ${from} (${via}): ${text}`;

function help(): string {
  const width = Math.max(...Object.values(commands).map(({ usage }) => usage.length));
  const lines = Object.values(commands).map(({ usage, does }) => `  ${usage.padEnd(width)}   ${does}`);
  return [...lines, `  ${'Ctrl-C'.padEnd(width)}   stop everything`].join('\n');
}

async function textFromPhone(lab: PartOfLab, via: 'smpp' | 'http', rest: string): Promise<string> {
  const smsc = smscOf(lab);
  const [, from, text] = /^(\+?\d+)\s+(\S[\s\S]*)$/.exec(rest) ?? [];
  if (!from || !text) throw new Error('Type a number and a text, as in: sms +447700900201 Hello');
  await smsc.sendFromPhone(via, from, smsc[via].number, text);
  return `sent from ${from} to ${smsc[via].number}`;
}

function phone(lab: PartOfLab, rest: string): string {
  const messages = smscOf(lab).received(numberIn(rest));
  return messages.map((sms) => smsLine(rest, sms)).join('\n') || 'nothing yet';
}

function reach(lab: PartOfLab, rest: string, reachable: boolean): string {
  smscOf(lab).setReachable(numberIn(rest), reachable);
  return `${rest} is ${reachable ? 'on' : 'off'}`;
}

async function callback(lab: PartOfLab, rest: string): Promise<string> {
  const url = URL.parse(rest);
  if (!url?.protocol.startsWith('http')) throw new Error('Type an address that starts with http://');
  if (!/\/incoming\/?$/.test(url.pathname)) url.pathname = `${url.pathname.replace(/\/$/, '')}/incoming`;
  if (!url.searchParams.has('token')) url.searchParams.set('token', webhookToken);
  await smscOf(lab).http.setCallback(url.href);
  return `Kannel reports incoming messages to ${url.href}`;
}

function cut(lab: PartOfLab): string {
  smscOf(lab).cut();
  return 'cut';
}

async function change(lab: PartOfLab, rest: string, verb: keyof Restart): Promise<string> {
  const { inspircd, ngircd, mail, smsc, prosody, ejabberd, synapse, telegram, redis, swift } = lab;
  const servers: Record<string, Restart | undefined> = {
    inspircd,
    ngircd,
    mail,
    smsc,
    prosody,
    ejabberd,
    synapse,
    telegram,
    redis,
    swift,
  };
  const server = Object.hasOwn(servers, rest) ? servers[rest] : undefined;
  const running = Object.keys(servers).filter((name) => servers[name]);
  if (!server) throw new Error(`Name one of ${running.join(', ')}.`);
  await server[verb]();
  return `${rest} is ${verb === 'down' ? 'down' : 'up'}`;
}

/** The same name is the same person, with a number of their own. */
async function writeToBot({ telegram }: PartOfLab, rest: string): Promise<string> {
  if (!telegram) throw new Error('Telegram is not part of this lab.');
  const [, name, text] = /^(\p{L}\S*)\s+(\S[\s\S]*)$/u.exec(rest) ?? [];
  if (!name || !text) throw new Error('Type a name and a text, as in: telegram anna Hello');
  const id =
    1_000 + [...name.toLowerCase()].reduce((sum, sign) => (sum * 31 + (sign.codePointAt(0) ?? 0)) % 1_000_000, 7);
  await telegram.person({ userId: id, chatId: id, firstName: name }).say(text);
  return `sent as ${name}`;
}

function smscOf(lab: PartOfLab) {
  if (!lab.smsc) throw new Error('The SMS centre is not part of this lab.');
  return lab.smsc;
}

function numberIn(text: string): string {
  if (!/^\+?[\d() -]*\d$/.test(text)) throw new Error('Type a phone number, as in +447700900201.');
  return text;
}
