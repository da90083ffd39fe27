import { call, messageOf } from '../../lib/api/client';
import type { Buddy, Contact } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { become } from '../../lib/panes';
import { currentRoute, go, link, replaceAddress } from '../../lib/router';
import { applyChange } from '../../lib/sync/apply';
import { store } from '../../lib/sync/store';
import { notify } from '../../ui/notice';

const take = (value: Contact): Contact => {
  applyChange({ kind: 'contact', id: value.id, rev: value.rev, value });
  return value;
};

const join = async (into: string, contactId: string) =>
  take(await call('mergeContact', { params: { id: into }, body: { contactId } }));
const takeOut = async (from: string, contactId: string) =>
  take(await call('unmergeContact', { params: { id: from }, body: { contactId } }));
const splitOff = async (from: string, buddyId: string) =>
  take(await call('splitContact', { params: { id: from }, body: { buddyId } }));

/** The newest change of who belongs together that can still be undone. */
let undoNewest: (() => void) | null = null;

function tell(text: string, back: () => Promise<unknown>): void {
  const run = () => {
    undoNewest = null;
    back().then(
      () => notify(t('buddies.undone')),
      (error: unknown) => notify(messageOf(error)),
    );
  };
  undoNewest = run;
  notify(text, { label: t('buddies.undo'), run });
}

export const undoPeople = (): void => undoNewest?.();

/** Whoever looks at what is gone by now is led to where it is. */
function followTo(merged: Contact, gone: Contact): void {
  const route = currentRoute();
  if (route.at === 'person' && route.id === gone.id) go(link.contact(merged));
  if (route.at !== 'conversation' || !route.panes.list.some(({ id }) => id === gone.conversationId)) return;
  if (gone.conversationId && merged.conversationId)
    replaceAddress(link.panes(become(route.panes, gone.conversationId, merged.conversationId)));
}

/** Links `other` into `into`. */
export async function merge(into: Contact, other: Contact): Promise<Contact> {
  const merged = await join(into.id, other.id);
  followTo(merged, other);
  tell(t('buddies.merged', { other: other.name, name: merged.name }), () => takeOut(into.id, other.id));
  return merged;
}

/** Takes one remote identity out again. */
export async function split(contact: Contact, buddy: Buddy): Promise<void> {
  const other = await splitOff(contact.id, buddy.id);
  tell(t('buddies.split', { name: other.name }), () => join(contact.id, other.id));
}

/** From one contact to another; somebody's only identity takes all of them along. */
async function move(from: Contact, buddy: Buddy, into: Contact): Promise<void> {
  if (from.buddies.length < 2) return void (await merge(into, from));
  const other = await splitOff(from.id, buddy.id);
  const merged = await join(into.id, other.id);
  tell(t('buddies.merged', { other: buddy.name, name: merged.name }), async () => {
    await takeOut(into.id, other.id);
    await join(from.id, other.id);
  });
}

export type Dragged = { contactId: string; buddyId: string | null };

/** What is dropped on a person belongs to them; what is dropped beside, and is part of somebody, stands by itself. */
export async function dropped({ contactId, buddyId }: Dragged, onto: string | null): Promise<void> {
  const from = store.contacts.get(contactId);
  const into = onto === null ? undefined : store.contacts.get(onto);
  const buddy = from?.buddies.find(({ id }) => id === buddyId);
  if (!from || from.id === into?.id) return;
  try {
    if (into && buddy) await move(from, buddy, into);
    else if (into) await merge(into, from);
    else if (buddy && from.buddies.length > 1) await split(from, buddy);
  } catch (error) {
    notify(messageOf(error));
  }
}
