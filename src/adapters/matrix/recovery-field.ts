import { z } from 'zod';
import { AdapterError, type FormField } from '../../sdk/index.js';

/** The same at the sign-in and in the settings. */
export const recoveryField: FormField = {
  name: 'recoveryKey',
  label: 'Recovery key',
  kind: 'password',
  required: false,
  help: 'Of your encrypted chats. With it this device is verified, and messages from before open. It is used once and not kept.',
};

const input = z.object({ recoveryKey: z.string().max(500).optional().nullable() });

/** @throws AdapterError `rejected` for what is no text */
export function readRecoveryKey(values: Record<string, unknown>): string | undefined {
  const read = input.safeParse(values);
  if (read.success) return read.data.recoveryKey?.trim() || undefined;
  const words = 'Please enter the key as text.';
  throw new AdapterError('rejected', words, { fields: { recoveryKey: words } });
}
