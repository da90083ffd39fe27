'use client';
import { lazily } from './lazily';

/** All emoji, with a search: for a popover or a dialog. Fetched when it is first opened. */
export const EmojiPicker = lazily(() => import('./emoji/picker').then((found) => found.EmojiPicker));
