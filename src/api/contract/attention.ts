import { z } from 'zod';
import { time } from './common.js';

/** What a user is told of: `mentions` is what names them or holds one of their keywords. */
export const notifyLevel = z.enum(['all', 'mentions', 'none']);
export type NotifyLevel = z.infer<typeof notifyLevel>;

/** `due`: its time has come, and it was not put away yet. */
export const reminder = z.object({ at: time, due: z.boolean() });
