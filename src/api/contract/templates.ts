import { z } from 'zod';
import { id, line, time } from './common.js';
import { format, someText, subject, variants } from './messages.js';

/** Text with `{{name}}` and `{{firstName}}` of whoever gets it, and other words per channel. */
export const createTemplateBody = z.object({
  name: line(80),
  text: someText,
  format,
  subject: subject.optional(),
  variants: variants.optional(),
});
export const patchTemplateBody = z
  .object({
    name: line(80),
    text: someText,
    format: z.enum(['plain', 'markdown']),
    subject: subject.nullable(),
    variants: variants.nullable(),
  })
  .partial()
  .refine((body) => Object.keys(body).length > 0, 'nothing to change');
export const template = z.object({
  id,
  name: z.string(),
  text: z.string(),
  format: z.enum(['plain', 'markdown']),
  subject: z.string().optional(),
  variants: variants.optional(),
  createdAt: time,
});
export type Template = z.infer<typeof template>;
