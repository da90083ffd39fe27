import { type Folder, inboxPath, type Listed } from './mailbox.js';

/** Folders read besides the inbox, at most. */
export const maxFolders = 20;

/** What a mailbox holds that is no mail of its own: drafts, or everything a second time. */
const never = new Set(['\\Drafts', '\\All', '\\Flagged', '\\Important']);

export type Folders = {
  /** In the order they are read: what we sent first, so that an answer finds what it answers. */
  read: Folder[];
  /** Where copies of what is sent go. */
  sent: string | undefined;
};

/** The folders to read out of those there are. `chosen` absent: the inbox and the one for sent mail. */
export function foldersOf(listed: readonly Listed[], chosen: readonly string[] | undefined): Folders {
  const sent = listed.find((one) => one.use === '\\Sent' && one.path !== inboxPath)?.path;
  const wanted = chosen ?? (sent === undefined ? [] : [sent]);
  const there = new Set(listed.map((one) => one.path));
  const others = wanted
    .filter((path) => path !== inboxPath && there.has(path))
    .slice(0, maxFolders)
    .map((path) => ({ path, sent: path === sent }));
  const inbox = { path: inboxPath, sent: false };
  return { read: [...others.filter((one) => one.sent), inbox, ...others.filter((one) => !one.sent)], sent };
}

/** Folders that a person may choose to read. */
export const choosable = (listed: readonly Listed[]): string[] =>
  listed.filter((one) => one.path !== inboxPath && !never.has(one.use ?? '')).map((one) => one.path);
