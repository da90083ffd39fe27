'use client';
import { link } from '../../lib/router';
import { useAccounts, useConversations, useLoaded } from '../../lib/sync/hooks';
import { Empty } from '../../ui/states';

export function Welcome() {
  const accounts = useAccounts();
  const conversations = useConversations();
  const loaded = useLoaded();
  if (!loaded) return <main className="pane" aria-label="Conversation" />;
  return (
    <main className="pane pane-center" aria-label="Conversation">
      <h1 className="visually-hidden">Parley</h1>
      {accounts.length === 0 ? (
        <Empty
          title="Start with a network"
          action={
            <a className="button button-primary" href={link.add()}>
              Add a network
            </a>
          }
        >
          Sign in to IRC, a mailbox, an SMS gateway or any other network. Its people and messages appear here.
        </Empty>
      ) : (
        <Empty title={conversations.length === 0 ? 'Nothing here yet' : 'Choose a conversation'}>
          {conversations.length === 0 ? (
            'Messages appear as they come in. Or begin one with the plus button above the list.'
          ) : (
            <>
              Or press <kbd>Ctrl</kbd> <kbd>K</kbd> to find people, conversations and messages.
            </>
          )}
        </Empty>
      )}
    </main>
  );
}
