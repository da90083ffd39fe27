import type { FormField } from '../../lib/api/types';

/** What a filled form says: fields left empty are left out, so that the adapter's own defaults hold. */
export function inputOf(fields: FormField[], values: Record<string, string>): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const field of fields) {
    const text = values[field.name] ?? '';
    if (text.trim() !== '') input[field.name] = typed(field, text);
  }
  return input;
}

/** What was changed in the settings: an emptied field is told as empty, what was left alone is not told. */
export function changesOf(fields: FormField[], values: Record<string, string>): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const field of fields) {
    const text = values[field.name] ?? '';
    if (text !== (field.value ?? field.default ?? '')) input[field.name] = typed(field, text);
  }
  return input;
}

/** Lists, and numbers that are none, go as they were typed: the adapter knows how to read them and says what is wrong. */
function typed({ kind }: FormField, text: string): unknown {
  if (kind === 'number' && /^\d{1,9}$/.test(text.trim())) return Number(text);
  return kind === 'password' ? text : text.trim();
}
