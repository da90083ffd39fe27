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

/** A number that is none goes as it was typed: the server says what is wrong with it. */
function typed({ kind }: FormField, text: string): unknown {
  if (kind === 'number') return /^\d{1,9}$/.test(text.trim()) ? Number(text) : text;
  if (kind === 'list') return itemsOf(text);
  return kind === 'password' ? text : text.trim();
}

const itemsOf = (text: string): string[] =>
  text
    .split(/[\n,]/)
    .map((item) => item.trim())
    .filter(Boolean);
