import { z } from 'zod';
import { type AccountSettings, AdapterError, type FormField } from '../../sdk/index.js';
import { maxFolders } from './folders.js';
import { blankIsAbsent, line, nameField, parse } from './form.js';
import { type Config, type Preferences, sentCopyModes } from './settings.js';

const yesNo = [
  { value: 'on', label: 'Yes' },
  { value: 'off', label: 'No' },
];

const folders = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(/[,\n]/) : value),
  z
    .array(line(500), 'A list of folders.')
    .max(200, 'These are too many.')
    .transform((names) => [...new Set(names.map((name) => name.trim()).filter((name) => name !== ''))]),
);
const flag = z.preprocess(
  (value) => (value === true ? 'on' : value === false ? 'off' : blankIsAbsent(value)),
  z
    .enum(['on', 'off'], 'Choose on or off.')
    .transform((value) => value === 'on')
    .optional(),
);
const input = z.object({
  name: line(200)
    .transform((value) => value.trim())
    .optional(),
  folders: folders.optional(),
  sentCopy: z.preprocess(blankIsAbsent, z.enum(sentCopyModes, 'Choose auto, on or off.').optional()),
  readState: flag,
  deliveryReports: flag,
  readReports: flag,
});

/** What a person can change of a mailbox. `known`: the folders there, once the mailbox was seen. */
export function mailSettings(
  config: Config,
  known: () => { choosable: string[]; read: string[] } | undefined,
  changed: () => void,
): AccountSettings {
  return {
    fields: () => fieldsOf(config.now, known()),
    async change(values) {
      const { name, ...rest } = parse(input, values);
      const folders = rest.folders === undefined ? undefined : matching(rest.folders, known()?.choosable);
      const given: Partial<Preferences> = { ...rest, folders };
      const patch = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      await config.change({ ...patch, ...(name !== undefined && { name: name === '' ? undefined : name }) });
      changed();
    },
  };
}

/** Folder names as the server writes them; the inbox needs no mention. */
function matching(names: string[], there: string[] | undefined): string[] {
  const wanted = names.filter((name) => name.toUpperCase() !== 'INBOX');
  const refuse = (note: string): never => {
    throw new AdapterError('rejected', 'Please check the marked fields.', { fields: { folders: note } });
  };
  if (wanted.length > maxFolders) refuse(`At most ${maxFolders} folders besides the inbox.`);
  if (!there) return wanted;
  return wanted.map((name) => {
    const found = there.find((one) => one === name) ?? there.find((one) => one.toLowerCase() === name.toLowerCase());
    return found ?? refuse(`There is no folder "${name.slice(0, 100)}". There are: ${there.slice(0, 30).join(', ')}.`);
  });
}

const choice = (name: string, label: string, value: string, help: string, choices = yesNo): FormField => ({
  name,
  label,
  kind: 'choice',
  required: false,
  value,
  choices,
  help,
});
const word = (value: boolean) => (value ? 'on' : 'off');

function fieldsOf(now: Preferences, known: { choosable: string[]; read: string[] } | undefined): FormField[] {
  const there = known ? ` There are: ${known.choosable.slice(0, 50).join(', ')}.` : '';
  return [
    { ...nameField, value: now.name ?? '' },
    {
      name: 'folders',
      label: 'Folders to read besides the inbox',
      kind: 'list',
      required: false,
      value: (now.folders ?? known?.read ?? []).join(', '),
      help: `Separated by commas.${there}`,
    },
    choice('sentCopy', 'Keep a copy of what Parley sends', now.sentCopy, 'In the folder for sent mail.', [
      { value: 'auto', label: 'Unless the provider does' },
      { value: 'on', label: 'Always' },
      { value: 'off', label: 'Never' },
    ]),
    choice(
      'readState',
      'Reading counts everywhere',
      word(now.readState),
      'What you read here is marked as read in the mailbox, and the other way round.',
    ),
    choice(
      'deliveryReports',
      'Ask for delivery reports',
      word(now.deliveryReports),
      'Where your provider can; each report is a mail in your inbox.',
    ),
    choice(
      'readReports',
      'Ask for read reports',
      word(now.readReports),
      'Recipients may decline, and many programs do so by themselves.',
    ),
  ];
}
