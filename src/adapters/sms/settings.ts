import { z } from 'zod';
import type { AccountSettings, FormField } from '../../sdk/index.js';
import { priceOf } from './cost.js';
import { languages } from './opt-out.js';
import {
  type AccountSession,
  type Common,
  check,
  clean,
  empty,
  type GatewaySession,
  httpInput,
  optional,
  readSenders,
  refused,
  sendersOf,
  smppInput,
} from './session.js';

const list = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(/[,\n]/) : (empty(value) ?? [])),
  z
    .array(z.string('words, with commas between').max(60, 'at most 60 characters each'))
    .max(100, 'at most 100 words')
    .transform((words) => [...new Set(words.map((word) => word.trim()).filter((word) => word !== ''))]),
);
const price = optional(clean(20)).transform((typed, context) => {
  const read = typed === undefined ? '' : priceOf(typed);
  if (read !== undefined) return read;
  context.addIssue({ code: 'custom', message: 'a number such as 0.075' });
  return z.NEVER;
});

const input = z
  .object({
    second: z.preprocess((value) => empty(value) ?? 'none', z.enum(['none', 'smpp', 'http'], 'none, smpp or http')),
    secondAddress: optional(clean(1000)),
    secondUsername: optional(clean(200)),
    secondPassword: optional(clean(200)),
    secondFrom: optional(clean(400)),
    secondParameters: optional(clean(1000)),
    from: clean(400),
    price,
    secondPrice: price,
    currency: optional(clean(3)).transform((typed, context) => {
      const code = (typed ?? '').toUpperCase();
      if (/^([A-Z]{3})?$/.test(code)) return code;
      context.addIssue({ code: 'custom', message: 'a currency code of three letters, such as EUR' });
      return z.NEVER;
    }),
    perSecond: optional(clean(8)).transform((typed, context) => {
      const rate = (typed ?? '').replace(',', '.');
      if (rate === '' || (/^\d{1,4}(\.\d{1,2})?$/.test(rate) && Number(rate) > 0)) return rate;
      context.addIssue({ code: 'custom', message: 'a number such as 10' });
      return z.NEVER;
    }),
    languages: list.pipe(z.array(z.enum(Object.keys(languages), `any of ${Object.keys(languages).join(', ')}`))),
    stopWords: list,
    startWords: list,
    confirmStop: z.preprocess(
      (value) => value ?? '',
      z
        .string('a text')
        .max(300, 'at most 300 characters')
        .refine((text) => !/[\0-\x08\x0b-\x1f]/.test(text), 'no control characters'),
    ),
  })
  .partial();

type Ties = { session(): AccountSession; keep(next: AccountSession): Promise<void> };

/** The second gateway, who sends, what it costs, and how people get out. */
export function settingsOf(ties: Ties): AccountSettings {
  return {
    fields: () => fieldsOf(ties.session()),
    change: async (values) => {
      const given = Object.fromEntries(Object.entries(check(input, values)).filter(([name]) => name in values));
      const before = ties.session();
      const first =
        given.from === undefined
          ? before.first
          : { ...before.first, ...readSenders(String(given.from), before.first.region) };
      await ties.keep({
        first,
        second: secondOf(given, before),
        common: commonOf(given, before.common),
      });
    },
  };
}

function commonOf(given: z.output<typeof input>, before: Common): Common {
  const { price: each, secondPrice, currency, perSecond, languages: codes } = given;
  const { stopWords, startWords, confirmStop } = given;
  const common = {
    price: each ?? before.price,
    secondPrice: secondPrice ?? before.secondPrice,
    currency: currency ?? before.currency,
    perSecond: perSecond ?? before.perSecond,
    languages: codes ?? before.languages,
    stopWords: stopWords ?? before.stopWords,
    startWords: startWords ?? before.startWords,
    confirmStop: confirmStop ?? before.confirmStop,
  };
  if ((common.price !== '' || common.secondPrice !== '') && common.currency === '')
    throw refused({ currency: 'enter the currency of the price, such as EUR' });
  return common;
}

/** A password that is left empty stays; the names of the fields are those of this form. */
function secondOf(given: z.output<typeof input>, { first, second }: AccountSession): GatewaySession | undefined {
  const touched = Object.keys(given).some((name) => name.startsWith('second') && name !== 'secondPrice');
  if (!touched) return second;
  const flow = given.second ?? second?.flow ?? 'none';
  if (flow === 'none') return undefined;
  const same = second?.flow === flow ? second : undefined;
  const password = given.secondPassword ?? same?.password;
  const typedFrom = given.secondFrom ?? (same ? sendersOf(same).join(', ') : sendersOf(first).join(', '));
  const { region } = first;
  const senders = readSenders(typedFrom, region, 'secondFrom');
  if (flow === 'smpp') {
    const before = same?.flow === 'smpp' ? same : undefined;
    const [, host, port] =
      /^(?:smpp:\/\/)?(.*?)(?::(\d+))?$/.exec(given.secondAddress ?? (before ? `${before.host}:${before.port}` : '')) ??
      [];
    const systemId = given.secondUsername ?? before?.systemId;
    return {
      flow,
      ...check(smppInput, { host, port, systemId, password, region, from: senders.from }, nameOf),
      pool: senders.pool,
    };
  }
  const before = same?.flow === 'http' ? same : undefined;
  const form = {
    ...before,
    url: given.secondAddress ?? before?.url,
    username: given.secondUsername ?? before?.username,
    parameters: given.secondParameters ?? before?.parameters,
    password,
    region,
    from: senders.from,
  };
  return { flow, ...check(httpInput, form, nameOf), pool: senders.pool };
}

const names: Record<string, string> = {
  host: 'secondAddress',
  port: 'secondAddress',
  url: 'secondAddress',
  systemId: 'secondUsername',
  username: 'secondUsername',
  password: 'secondPassword',
  from: 'secondFrom',
  parameters: 'secondParameters',
};
const nameOf = (name: string) => names[name] ?? name;

function fieldsOf({ first, second, common }: AccountSession): FormField[] {
  const address = second?.flow === 'smpp' ? `${second.host}:${second.port}` : (second?.url ?? '');
  const text = (name: string, label: string, value: string, more: Partial<FormField> = {}): FormField => ({
    ...{ name, label, kind: 'text', required: false, value },
    ...more,
  });
  return [
    text('from', 'Sent from', sendersOf(first).join(', '), {
      help: 'Several numbers go with commas between. A person gets messages from one of them, always the same.',
    }),
    text('price', 'Price of a segment', common.price, {
      placeholder: '0.075',
      help: 'The ledger then shows what a message cost.',
    }),
    text('currency', 'Currency', common.currency, { placeholder: 'EUR' }),
    text('perSecond', 'Messages a second', common.perSecond, {
      placeholder: '10',
      help: 'What your contract lets you send. Left empty, as fast as the gateway takes them.',
      advanced: true,
    }),
    {
      ...text('second', 'Second gateway', second?.flow ?? 'none', { help: 'Takes what the first cannot take.' }),
      kind: 'choice',
      choices: [
        { value: 'none', label: 'None' },
        { value: 'smpp', label: 'SMS centre (SMPP)' },
        { value: 'http', label: 'SMS gateway (HTTP)' },
      ],
    },
    text('secondAddress', 'Its address', address, { placeholder: 'smpp.example.org:2775, or https://…' }),
    text(
      'secondUsername',
      'Its system id or user name',
      second?.flow === 'smpp' ? second.systemId : (second?.username ?? ''),
    ),
    { name: 'secondPassword', label: 'Its password', kind: 'password', required: false, help: 'Left empty, it stays.' },
    text('secondFrom', 'Sent from there', second ? sendersOf(second).join(', ') : '', {
      help: 'Left empty: the same numbers.',
    }),
    text('secondPrice', 'Price of a segment there', common.secondPrice, { advanced: true }),
    text('secondParameters', 'Parameter names there', second?.flow === 'http' ? second.parameters : '', {
      advanced: true,
    }),
    {
      ...text('languages', 'STOP and START are understood in', common.languages.join(', '), {
        help: `Any of ${Object.entries(languages)
          .map(([code, { name }]) => `${code} (${name})`)
          .join(', ')}. STOP and START themselves always are.`,
      }),
      kind: 'list',
    },
    { ...text('stopWords', 'More words for STOP', common.stopWords.join(', '), { advanced: true }), kind: 'list' },
    { ...text('startWords', 'More words for START', common.startWords.join(', '), { advanced: true }), kind: 'list' },
    text('confirmStop', 'Answer to STOP', common.confirmStop, {
      help: 'Sent once to whoever says STOP. Left empty, nothing is sent.',
    }),
  ];
}
