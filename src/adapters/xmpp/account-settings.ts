import { z } from 'zod';
import { type AccountSettings, AdapterError, type FormField } from '../../sdk/index.js';
import type { Memory } from './memory.js';

const noControls = /^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u;

const input = z.object({
  nickname: z
    .string('Please give a name.')
    .trim()
    .max(60, 'This is too long.')
    .regex(noControls, 'This is not a name.')
    .optional(),
  priority: z
    .union(
      [
        z.number(),
        z
          .string()
          .trim()
          .regex(/^-?\d{1,3}$/)
          .transform(Number),
      ],
      'A whole number from -128 to 127.',
    )
    .refine((value) => Number.isInteger(value) && value >= -128 && value <= 127, 'A whole number from -128 to 127.')
    .optional(),
});

/** What can be changed of an account; `changed` makes it known. */
export function accountSettings(memory: Memory, changed: () => void): AccountSettings {
  const { settings } = memory;
  return {
    fields: (): FormField[] => [
      {
        ...{ name: 'nickname', label: 'Nickname in rooms', kind: 'text', required: false },
        ...{
          value: settings.nickname ?? '',
          help: 'Used in rooms that are entered from now on. Empty: the name before the @.',
        },
      },
      {
        ...{ name: 'priority', label: 'Priority', kind: 'number', required: false, value: String(settings.priority) },
        help: 'Which of your programs gets messages that are for none in particular, -128 to 127; the highest wins.',
      },
    ],
    async change(values) {
      const read = input.safeParse(values);
      if (!read.success) {
        const fields = Object.fromEntries(
          read.error.issues.map((issue) => [String(issue.path[0] ?? 'nickname'), issue.message]),
        );
        throw new AdapterError('rejected', 'Please check the marked fields.', { fields });
      }
      const { nickname, priority } = read.data;
      if (nickname !== undefined) settings.nickname = nickname === '' ? undefined : nickname;
      if (priority !== undefined) settings.priority = priority;
      await memory.save();
      changed();
    },
  };
}
