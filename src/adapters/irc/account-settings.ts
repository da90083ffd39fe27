import { z } from 'zod';
import type { AccountSettings, FormField } from '../../sdk/index.js';
import * as form from './form.js';
import type { Memory } from './memory.js';
import { recoveries, type Settings } from './settings.js';

const choice = (...choices: [value: string, label: string][]) => choices.map(([value, label]) => ({ value, label }));

const fieldsOf = (now: Settings): FormField[] => [
  {
    name: 'channels',
    label: 'Channels to join',
    kind: 'list',
    required: false,
    value: now.channels.join(', '),
    help: 'At each start. A channel that is taken out is left.',
  },
  {
    name: 'ignore',
    label: 'Ignored people',
    kind: 'list',
    required: false,
    value: now.ignore.join(', '),
    placeholder: 'nick, *!*@host.example, $a:account',
    help: 'What they write, ask and invite to is dropped. A nick, nick!user@host with * and ?, or $a: and an account.',
  },
  { name: 'realname', label: 'Real name', kind: 'text', required: false, value: now.realname ?? '' },
  {
    name: 'commands',
    label: 'Commands after each sign-in',
    kind: 'text',
    required: false,
    value: now.commands.join('; '),
    placeholder: 'MODE $nick +g; msg HelpServ hello',
    help: 'At most ten, separated by a semicolon and a space. $nick and $account stand for yours.',
  },
  {
    name: 'recover',
    label: 'When your nick is taken',
    kind: 'choice',
    required: false,
    default: 'none',
    value: now.recover,
    choices: choice(
      ['none', 'Wait until it is free'],
      ['REGAIN', 'Ask NickServ: REGAIN'],
      ['GHOST', 'Ask NickServ: GHOST'],
      ['RECOVER', 'Ask NickServ: RECOVER'],
    ),
    help: 'NickServ is asked only once you are signed in to your account, so it needs no password.',
  },
  {
    name: 'ctcp',
    label: 'Questions of other programs (CTCP)',
    kind: 'choice',
    required: false,
    default: 'on',
    value: now.ctcp ? 'on' : 'off',
    choices: choice(['on', 'Answer VERSION, PING, TIME and CLIENTINFO'], ['off', 'Answer none']),
  },
  {
    name: 'pace',
    label: 'Lines a second',
    kind: 'number',
    required: false,
    value: now.pace === undefined ? '' : String(now.pace),
    help: 'How fast long texts go out, 0.2 to 50. Empty: what this kind of server is known to allow, else 2.',
  },
];

const input = z
  .object({
    channels: form.channels,
    ignore: form.masks,
    realname: form.realname,
    commands: form.commands,
    recover: z.enum(recoveries, 'Choose one of these.'),
    ctcp: z.enum(['on', 'off'], 'Choose on or off.').transform((value) => value === 'on'),
    pace: form.pace,
  })
  .partial();

/** What is in effect at once, on the connection there is. */
export type Effects = {
  channels(before: string[], after: string[]): void;
  realname(name: string): void;
  pace(perSecond: number | undefined): void;
};

/** What a person can change of an account without signing in again. No server is asked. */
export class IrcSettings implements AccountSettings {
  constructor(
    private readonly memory: Memory,
    private readonly effects: Effects,
  ) {}

  fields(): FormField[] {
    return fieldsOf(this.memory.settings);
  }

  async change(values: Record<string, unknown>): Promise<void> {
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
    const parsed = form.checked(input.safeParse(given), 'channels');
    const { settings } = this.memory;
    const { channels, realname, pace } = settings;
    // A field that is absent stays; one that is there and empty is emptied.
    const changed = Object.fromEntries(Object.keys(given).map((name) => [name, parsed[name as keyof typeof parsed]]));
    Object.assign(settings, Object.fromEntries(Object.entries(changed).filter(([name]) => name in input.shape)));
    await this.memory.save();
    if (settings.channels !== channels) this.effects.channels(channels, settings.channels);
    if (settings.realname !== realname) this.effects.realname(settings.realname ?? settings.nick);
    if (settings.pace !== pace) this.effects.pace(settings.pace);
  }
}
