import { AdapterError, type Log } from '../../sdk/index.js';
import type { Access } from './access.js';
import { Mailbox, type MailboxEvents } from './mailbox.js';
import type { Settings } from './settings.js';
import type { Timers } from './timers.js';

type Opening = {
  settings: Settings;
  access: Access;
  timers: Timers;
  log: Log;
  /** What to do on news of this mailbox. */
  on: (box: () => Mailbox | undefined) => MailboxEvents;
  /** Takes the mailbox as the current one before it is opened; false: nobody wants it any more. */
  take: (box: Mailbox) => boolean;
  isCurrent: (box: Mailbox) => boolean;
};

/**
 * Connects and signs in. A token that the server refuses is renewed once. Undefined where nobody wants the mailbox any
 * more; a failure throws.
 */
export async function openMailbox({
  settings,
  access,
  timers,
  log,
  on,
  take,
  isCurrent,
}: Opening): Promise<Mailbox | undefined> {
  let refused: string | undefined;
  for (;;) {
    const auth = await access.imap(refused);
    let box: Mailbox | undefined;
    const made: Mailbox = new Mailbox(
      settings,
      auth,
      on(() => box),
      log,
    );
    box = made;
    if (!take(made)) return undefined;
    try {
      await timers.within(made.open());
      return made;
    } catch (error) {
      const again = error instanceof AdapterError && error.kind === 'auth' && 'accessToken' in auth && !refused;
      if (!again || !isCurrent(made)) throw error;
      refused = auth.accessToken;
      // What comes of it now is no news.
      box = undefined;
      await made.close(false);
    }
  }
}
