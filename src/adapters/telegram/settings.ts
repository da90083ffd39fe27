import { z } from 'zod';
import { type AccountSettings, AdapterError, type FormField, type Host } from '../../sdk/index.js';
import type { BotApi } from './api.js';
import { modeField, modeSchema, type Session } from './login.js';

const empty = (value: unknown) => (value === null || value === undefined ? '' : value);
const notACommand = 'Write each as: name = what it does. A name has at most 32 small letters, digits and "_".';

const command = z.string(notACommand).transform((typed, context) => {
  const match = /^\s*\/?([a-z0-9_]{1,32})\s*(?:=|-|–|:)\s*(\S.*)$/.exec(typed);
  const description = match?.[2]?.trim() ?? '';
  if (match?.[1] && description.length <= 256 && !/\p{Cc}/u.test(description))
    return { command: match[1], description };
  context.addIssue({ code: 'custom', message: notACommand });
  return z.NEVER;
});

const input = z.object({
  mode: modeSchema.optional(),
  commands: z
    .preprocess(
      (value) => {
        const typed = empty(value);
        const list = typeof typed === 'string' ? typed.split(/[\n,]/) : typed;
        return Array.isArray(list) ? list.filter((one) => typeof one !== 'string' || one.trim() !== '') : list;
      },
      z.array(command, notACommand).max(100, 'At most 100 commands.'),
    )
    .optional(),
  description: z.preprocess(empty, z.string('A text.').max(512, 'At most 512 characters.')).optional(),
});

export type Ties = {
  session(): Session;
  /** @throws AdapterError where Telegram cannot be asked now */
  mustBeUp(): void;
  keep(next: Session): Promise<void>;
};

/** How messages come, and what people see of the bot before they write. */
export function settingsOf(host: Host, api: BotApi, ties: Ties): AccountSettings {
  return {
    fields: () => fieldsOf(ties.session()),
    change: async (values) => {
      const form = input.safeParse(values);
      if (!form.success) {
        const notes: Record<string, string> = {};
        for (const issue of form.error.issues) notes[String(issue.path[0] ?? 'mode')] ??= issue.message;
        throw new AdapterError('rejected', 'Please check the marked fields.', { fields: notes });
      }
      const { mode, commands, description } = form.data;
      const signal = host.signal;
      if ('commands' in values && commands) {
        ties.mustBeUp();
        await api.call(z.unknown(), (one, end) => one.setMyCommands({ commands }, end), { signal });
      }
      if ('description' in values && description !== undefined) {
        ties.mustBeUp();
        await api.call(z.unknown(), (one, end) => one.setMyDescription({ description }, end), { signal });
      }
      const before = ties.session();
      await ties.keep({
        ...before,
        ...('mode' in values && mode ? { mode } : {}),
        ...('commands' in values && commands ? { commands } : {}),
        ...('description' in values && description !== undefined ? { description } : {}),
      });
    },
  };
}

function fieldsOf({ mode, commands, description }: Session): FormField[] {
  return [
    { ...modeField, advanced: false, value: mode },
    {
      name: 'commands',
      label: 'Commands',
      kind: 'list',
      required: false,
      value: commands.map((one) => `${one.command} = ${one.description}`).join(', '),
      placeholder: 'start = Say hello, help = What this is',
      help: 'What people can choose from the menu of the bot, separated by commas. A chosen command comes as a message.',
    },
    {
      name: 'description',
      label: 'Description',
      kind: 'text',
      required: false,
      value: description,
      help: 'What people read before they press Start.',
    },
  ];
}
